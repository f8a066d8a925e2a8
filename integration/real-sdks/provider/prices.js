/** List prices in USD per million tokens, looked up by hand, so that the bill is not checked against itself. */
const RATES = {
  'gpt-4o-mini': { input: 0.15, cacheRead: 0.075, output: 0.6 },
  'openai/gpt-4o-mini': { input: 0.15, cacheRead: 0.075, output: 0.6 },
  'gpt-5-mini': { input: 0.25, cacheRead: 0.025, output: 2 },
  'claude-haiku-4-5-20251001': { input: 1, cacheRead: 0.1, cacheWrite: 1.25, output: 5 },
  'claude-sonnet-4-5-20250929': { input: 3, cacheRead: 0.3, cacheWrite: 3.75, output: 15 },
  'claude-sonnet-4-5': { input: 3, cacheRead: 0.3, cacheWrite: 3.75, output: 15 },
  // A tenth more where the region is chosen.
  'us.anthropic.claude-sonnet-4-5-20250929-v1:0': {
    input: 3.3,
    cacheRead: 0.33,
    cacheWrite: 4.125,
    output: 16.5,
  },
  'global.anthropic.claude-sonnet-4-5-20250929-v1:0': {
    input: 3,
    cacheRead: 0.3,
    cacheWrite: 3.75,
    output: 15,
  },
  'anthropic.claude-3-haiku-20240307-v1:0': { input: 0.25, output: 1.25 },
  'amazon.nova-lite-v1:0': { input: 0.06, cacheRead: 0.015, output: 0.24 },
  'gemini-2.5-flash': { input: 0.3, cacheRead: 0.03, output: 2.5 },
  'mistral-large-2411': { input: 2, output: 6 },
  'command-r-plus-08-2024': { input: 2.5, output: 10 },
  'llama-3.3-70b-versatile': { input: 0.59, output: 0.79 },
  'grok-3-mini': { input: 0.3, cacheRead: 0.075, output: 0.5 },
  // Runs at home: nobody sends a bill.
  'llama3.2': { input: 0, output: 0 },
};

/** What a call costs by the list, in whole pico-dollars: USD per million tokens are millions of those per token. */
export function listPico(model, usage) {
  const rate = rateOf(model);
  const { input, output, cacheRead, cacheWrite } = usage;
  return Math.round(
    1e6 *
      ((input - cacheRead - cacheWrite) * rate.input +
        cacheRead * (rate.cacheRead ?? rate.input) +
        cacheWrite * (rate.cacheWrite ?? rate.input) +
        output * rate.output),
  );
}

export function listUsd(model, usage) {
  return listPico(model, usage) / 1e12;
}

function rateOf(model) {
  const rate = RATES[model];
  if (rate === undefined) throw new Error(`provider/prices.js has no rate for "${model}"`);
  return rate;
}

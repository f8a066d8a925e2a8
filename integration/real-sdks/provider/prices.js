/** List prices in USD per million tokens, looked up by hand, so that the bill is not checked against itself. */
const RATES = {
  'gpt-4o-mini': { input: 0.15, cacheRead: 0.075, output: 0.6 },
  'gpt-5-mini': { input: 0.25, cacheRead: 0.025, output: 2 },
  'claude-sonnet-4-5': { input: 3, cacheRead: 0.3, cacheWrite: 3.75, output: 15 },
};

/** What a call costs by the list, in whole pico-dollars: USD per million tokens are millions of those per token. */
export function listPico(model, usage) {
  const rate = RATES[model];
  const { input, output, cacheRead, cacheWrite } = usage;
  return Math.round(
    1e6 *
      ((input - cacheRead - cacheWrite) * rate.input +
        cacheRead * rate.cacheRead +
        cacheWrite * (rate.cacheWrite ?? 0) +
        output * rate.output),
  );
}

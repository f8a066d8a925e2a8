/**
 * What the loopback provider says it used, by scenario: the truth that every bill is held against. Input holds the
 * cached and the written tokens, output the reasoning. Every count occurs once, so that it can be found on a span.
 */
const CALLS = {
  plain: [{ input: 1207, output: 331 }],
  cached: [{ input: 6133, cacheRead: 4096, cacheWrite: 613, output: 207 }],
  reasoning: [{ input: 811, output: 677, reasoning: 512 }],
  streamed: [{ input: 1613, output: 419 }],
  streamedHelper: [{ input: 1709, output: 431 }],
  streamedCached: [{ input: 7151, cacheRead: 5120, cacheWrite: 719, output: 263 }],
  streamedWithoutUsage: [{ input: 1409, output: 389 }],
  aborted: [{ input: 1811, output: 547 }],
  tools: [
    { input: 907, output: 61 },
    { input: 1051, output: 149 },
  ],
  streamedTools: [
    { input: 2111, output: 67 },
    { input: 2203, output: 157 },
  ],
  streamedInside: [
    { input: 2309, output: 71 },
    { input: 2411, output: 163 },
  ],
  // An agent that asks another one, which answers, and then answers itself.
  subAgent: [
    { input: 2503, output: 73 },
    { input: 2609, output: 167 },
    { input: 2707, output: 173 },
  ],
  streamedSubAgent: [
    { input: 2801, output: 79 },
    { input: 2903, output: 179 },
    { input: 3001, output: 181 },
  ],
  // Three questions in one session, and a session that is gone on with.
  turns: [
    { input: 3109, output: 191 },
    { input: 3203, output: 193 },
    { input: 3301, output: 197 },
  ],
  resumed: [
    { input: 3407, output: 199 },
    { input: 3511, output: 317 },
  ],
  retried: [{ input: 1327, output: 353 }],
  refused: [{ input: 0, output: 0 }],
  parallel: [
    { input: 1123, output: 211 },
    { input: 1223, output: 223 },
    { input: 1321, output: 229 },
  ],
};

export const SCENARIOS = Object.keys(CALLS);

/** Which of these an API counts apart, beside input and output. */
const COUNTS = {
  chat: ['cacheRead', 'reasoning'],
  responses: ['cacheRead', 'reasoning'],
  gemini: ['cacheRead', 'reasoning'],
  anthropic: ['cacheRead', 'cacheWrite'],
  bedrock: ['cacheRead', 'cacheWrite'],
  cohere: [],
  ollama: [],
};

export function scriptedUsage(scenario, api, index) {
  const call = CALLS[scenario]?.[index] ?? CALLS[scenario]?.at(-1) ?? CALLS.plain[0];
  const { input, output, ...apart } = call;
  const counts = ['cacheRead', 'cacheWrite', 'reasoning'].map((kind) => [
    kind,
    COUNTS[api].includes(kind) ? (apart[kind] ?? 0) : 0,
  ]);
  return { input, output, ...Object.fromEntries(counts) };
}

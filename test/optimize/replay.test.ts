/** The three optimisers on one recorded run, with only that run's own repeats, net of what they cost themselves. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withAgent, withLlm, withTask } from '../../src/index.js';
import { cachedTool, compressHistory, routeModel } from '../../src/optimize.js';
import recordedTools from '../fixtures/tool-arguments.json' with { type: 'json' };

interface Message {
  role: string;
  tokens: number;
}

interface Counts {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
}

/** What the run's author paid, as recorded. */
const BILL_USD = 30.3301977;
const PROVIDER = 'anthropic';
const MODEL = 'claude-sonnet-4-5';
const SMALL_MODEL = 'claude-haiku-4-5';
const START_MILLIS = Date.parse('2025-11-20T23:33:50Z');
/** What the run's first call wrote to the cache: the system prompt and the tools, which no compression touches. */
const SYSTEM_TOKENS = 1684;
/** Assumed of a summary: what a page and a half of text is. */
const SUMMARY_TOKENS = 1500;
/** Compressed once so much would be summarised. */
const MIN_TOKENS = 40_000;
/** Of the input of the whole run, 90.9 % was read from the cache. */
const CACHED_SHARE = 0.909;

const recorded: { calls: string[] } = JSON.parse(
  readFileSync(new URL('../../examples/recorded/pi-coding-session.json', import.meta.url), 'utf8'),
);

/** The calls of known usage, with the tools that each asked for. */
const calls = recorded.calls
  .map((line, index) => {
    const [, input = 0, output = 0, cacheRead = 0, cacheWrite = 0] = line.split(' ').map(Number);
    const tools = (recordedTools.toolCalls.split(';')[index] ?? '').split(' ').filter((text) => text !== '');
    return { counts: { input, output, cacheRead, cacheWrite }, tools };
  })
  .filter(({ counts }) => counts.input > 0);

function answer({ input, output, cacheRead, cacheWrite }: Counts, model: string) {
  const usage = {
    input_tokens: input - cacheRead - cacheWrite,
    output_tokens: output,
    cache_read_input_tokens: cacheRead,
    cache_creation_input_tokens: cacheWrite,
  };
  return { type: 'message', model, usage };
}

/** The same call with fewer tokens: what was read from the cache is shorter by them, or all but the system is new. */
function shortened(counts: Counts, removed: number, isNew: boolean): Counts {
  const input = counts.input - removed;
  const fresh = counts.input - counts.cacheRead - counts.cacheWrite;
  const known = isNew ? Math.min(counts.cacheRead, SYSTEM_TOKENS) : Math.max(0, counts.cacheRead - removed);
  const cacheRead = Math.min(known, input - fresh);
  return { input, output: counts.output, cacheRead, cacheWrite: input - fresh - cacheRead };
}

/** Brings the messages to as many tokens as the recorded call sent. */
function grow(messages: Message[], tokens: number): void {
  const missing = tokens - messages.reduce((sum, message) => sum + message.tokens, 0);
  const last = messages.at(-1);
  if (missing > 0 || last === undefined) messages.push({ role: 'user', tokens: missing });
  else messages[messages.length - 1] = { ...last, tokens: last.tokens + missing };
}

const countTokens = (messages: readonly object[]) =>
  messages.reduce((sum, message) => sum + ('tokens' in message ? Number(message.tokens) : 0), 0);

/** The system prompt, in a history that is compressed from here on. */
const OPENING: Message[] = [{ role: 'system', tokens: SYSTEM_TOKENS }];

type Call = (step: string, counts: Counts, counterfactual?: object) => Promise<object>;

function compressOptions(call: Call, isCompressed: boolean) {
  return {
    summarize: async (old: readonly object[]) => {
      await call('summarise', {
        input: countTokens(old),
        output: SUMMARY_TOKENS,
        cacheRead: 0,
        cacheWrite: 0,
      });
      return 'summary';
    },
    summaryMessage: () => ({ role: 'user', tokens: SUMMARY_TOKENS }),
    minTokens: isCompressed ? MIN_TOKENS : Number.MAX_SAFE_INTEGER,
    cachedShare: CACHED_SHARE,
    countTokens,
  };
}

/** The reading tools. After a writing tool they have to read again. */
function readingTools(toolUsd: number | undefined) {
  const tools = ['read', 'bash'].map((name) =>
    cachedTool({ name, ...(toolUsd !== undefined && { costUsd: toolUsd }) }, (_argument: string) => 'result'),
  );
  const [read, bash] = tools;
  return {
    use(tool: string): void {
      const [name, argument = ''] = tool.split(':');
      if (name === 'edit' || name === 'write') for (const { cache } of tools) cache.clear();
      if (name === 'read') read?.(argument);
      if (name === 'bash') bash?.(argument);
    },
    stats: () => tools.map(({ cache }) => cache.stats()),
  };
}

/** Replays the run; one run of a tool cost nothing when it was recorded, or is said to cost `toolUsd`. */
async function replay({ isCompressed, toolUsd }: { isCompressed: boolean; toolUsd?: number }) {
  const router = routeModel({
    default: { provider: PROVIDER, model: MODEL },
    routes: [{ name: 'small', when: 'summarise', provider: PROVIDER, model: SMALL_MODEL }],
  });
  const call: Call = (step, counts, counterfactual = {}) => {
    const options = router.llmOptions(step, { counterfactual, startTimeMillis: START_MILLIS });
    return withLlm(options, async () => answer(counts, options.model));
  };
  const options = compressOptions(call, isCompressed);
  const tools = readingTools(toolUsd);
  const figures = await withTask('replay', (task) =>
    withAgent('coder', async () => {
      let history = await compressHistory(OPENING, options);
      for (const { counts, tools: used } of calls) {
        const messages = history.messages.filter((message) => 'tokens' in message);
        grow(messages, counts.input - history.removedTokens);
        history = await compressHistory(messages, { ...options, previous: history });
        const sent = shortened(counts, history.removedTokens, history.isCompressed);
        await call('turn', sent, history.counterfactual);
        history.messages.push({ role: 'assistant', tokens: counts.output });
        for (const tool of used) tools.use(tool);
      }
      return { totals: task.totals, savings: history.savings() };
    }),
  );
  router.stop();
  return { ...figures, routes: router.report().routes, caches: tools.stats() };
}

describe('the recorded coding session', () => {
  it('comes to its bill without optimisers', async () => {
    const { totals } = await replay({ isCompressed: false });
    expect(totals).toMatchObject({ costUsd: BILL_USD, savedCostUsd: 0, costComplete: true });
  });

  it('costs $8.38 in place of $30.33 with all three, summaries and new cache entries paid', async () => {
    const { totals, savings, routes, caches } = await replay({ isCompressed: true });
    expect(totals.costUsd).toBe(8.3778967);
    expect(savings).toMatchObject({ compressions: 4, savedUsd: 20.4386439, summaryCostUsd: 0.191839 });
    expect(savings.netUsd).toBe(20.2468049);
    expect(routes[0]).toMatchObject({ route: 'small', calls: 4, costUsd: 0.191839, savedUsd: 0.383678 });
    // Each dollar that is stated as saved was saved: what is claimed stays below what the bills show.
    expect(totals.savedCostUsd).toBe(20.8223219);
    expect(totals.savedCostUsd - savings.summaryCostUsd).toBeLessThan(BILL_USD - totals.costUsd);
    // Of 242 calls that read, 46 repeat earlier arguments; all but two after something had been edited.
    expect(caches.map(({ hits, misses }) => [hits, misses])).toEqual([
      [0, 50],
      [2, 190],
    ]);
    expect(caches.map(({ savedUsd }) => savedUsd)).toEqual([0, 0]);
  });

  it('saves two tool calls where a call has a price', async () => {
    const { totals, caches } = await replay({ isCompressed: true, toolUsd: 0.005 });
    expect(totals.toolCostUsd).toBe(1.2);
    expect(caches[1]?.savedUsd).toBe(0.01);
    expect(totals.savedCostUsd).toBe(20.8323219);
  });
});

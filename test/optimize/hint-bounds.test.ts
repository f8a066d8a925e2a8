/** Whatever the calls were: a hint's amount is above 0 and at most what the calls and tasks that it is about cost. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withAgent, withTask, withTool } from '../../src/index.js';
import { cachedTool } from '../../src/optimize/cached-tool.js';
import { costHints } from '../../src/optimize/cost-hints.js';
import type { CostHintKind } from '../../src/optimize/hint.js';
import { recordCalls } from '../../src/optimize/recorded-calls.js';
import { answerOf, type Call, makeCall, promptOf } from './hint-runs.js';

const SEED = 20_260_105;
const RUNS = 200;
const PLAIN_USD = 0.02;
const START = Date.parse('2026-01-05T09:00:00Z');

const MODELS: readonly (readonly [provider: string, model: string])[] = [
  ['anthropic', 'claude-sonnet-4-5'],
  ['openai', 'gpt-4.1'],
  ['openai', 'gpt-4'],
  ['openai', 'no-such-model'],
];

interface Step {
  /** New tokens of the prompt; below 0 the history is shortened. */
  grows: number;
  /** Which part of the prompt was read from the cache, and which part of the rest was written to it. */
  read: number;
  written: number;
  forAnHour: boolean;
  output: number;
  pauseSeconds: number;
  fails: boolean;
  /** Begins beside the one before it. */
  isBeside: boolean;
  reportedUsd: number | undefined;
  tool: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  grows: fc.oneof(fc.nat(9000), { arbitrary: fc.integer({ min: -60_000, max: 100_000 }), weight: 1 }),
  read: fc.oneof(fc.constant(0), fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
  written: fc.constantFrom(0, 0, 1, 0.9),
  forAnHour: fc.boolean(),
  output: fc.nat(2000),
  pauseSeconds: fc.oneof(fc.nat(100), fc.integer({ min: -100, max: 9000 })),
  fails: fc.constantFrom(false, false, false, true),
  isBeside: fc.constantFrom(false, false, false, true),
  reportedUsd: fc.option(fc.double({ min: 0, max: 0.2, noNaN: true }), { nil: undefined, freq: 5 }),
  tool: fc.nat(4),
});
const loops = fc.array(
  fc.record({
    which: fc.nat(MODELS.length - 1),
    caches: fc.boolean(),
    budgetUsd: fc.constantFrom(0.01, 100),
    steps: fc.array(step, { minLength: 1, maxLength: 12 }),
  }),
  { minLength: 1, maxLength: 6 },
);
type Loop = { which: number; caches: boolean; budgetUsd: number; steps: Step[] };

function callsOf({ which, caches, steps }: Loop): Call[] {
  const [provider, model] = MODELS[which] ?? ['', ''];
  let prompt = 1000;
  let timeMillis = START;
  return steps.map(({ grows, read, written, forAnHour, output, pauseSeconds }) => {
    prompt = Math.max(1, prompt + grows);
    timeMillis += 1000 * pauseSeconds;
    const cacheRead = caches ? Math.floor(prompt * read) : 0;
    const writes = caches ? Math.floor((prompt - cacheRead) * written) : 0;
    const [cacheWrite, cacheWrite1h] = forAnHour ? [0, writes] : [writes, 0];
    const input = prompt - cacheRead - writes;
    return { provider, model, timeMillis, input, cacheRead, cacheWrite, cacheWrite1h, output };
  });
}

function make(call: Call, { fails, reportedUsd }: Step): Promise<unknown> {
  const made = makeCall(call, async (handle) => {
    if (reportedUsd !== undefined)
      handle.recordUsage({ inputTokens: promptOf(call), outputTokens: call.output, costUsd: reportedUsd });
    if (fails) throw new Error('down');
    return answerOf(call);
  });
  return made.catch(() => {});
}

it('a hint is above 0 and at most what was spent on its subject', async () => {
  const seen = new Set<CostHintKind>();
  const check = async (run: Loop[]) => {
    const stop = recordCalls();
    const spentUsd = new Map<string, number>();
    const spend = (subject: string, usd: number) => spentUsd.set(subject, (spentUsd.get(subject) ?? 0) + usd);
    const search = cachedTool({ name: 'cached', costUsd: 0.01, maxEntries: 1 }, (q: number) => q);
    for (const loop of run) {
      const { model } = callsOf(loop)[0] ?? { model: '' };
      await withTask({ name: 'task', budget: { usd: loop.budgetUsd, mode: 'observe' } }, async (task) => {
        await withAgent('agent', () => play(loop, search));
        const plainUsd = PLAIN_USD * loop.steps.length;
        spend(model, task.totals.llmCostUsd);
        spend('plain', plainUsd);
        spend('cached', task.totals.toolCostUsd - plainUsd);
        spend('task', task.totals.costUsd);
      });
    }
    for (const hint of costHints()) {
      seen.add(hint.kind);
      const spent = spentUsd.get(hint.subject) ?? Number.NaN;
      expect(hint.amountUsd, hint.message).toBeGreaterThan(0);
      expect(hint.amountUsd, hint.message).toBeLessThanOrEqual(spent + 1e-9);
      expect(hint.message).not.toMatch(/NaN|undefined|Infinity|\$-/);
    }
    stop();
  };
  await fc.assert(fc.asyncProperty(loops, check), { seed: SEED, numRuns: RUNS });
  expect([...seen].sort()).toEqual([
    'cheaper_model',
    'cold_cache',
    'costly_task',
    'expired_cache',
    'failed_calls',
    'limit_reached',
    'low_cache_hit_rate',
    'repeated_tool_calls',
    'uncached_input',
  ]);
});

/** Plays a loop; the tools that its steps use are paid for, too. */
async function play(loop: Loop, search: (query: number) => unknown): Promise<void> {
  const calls = callsOf(loop);
  let beside: Promise<unknown>[] = [];
  for (const [index, step] of loop.steps.entries()) {
    const call = calls[index];
    if (call === undefined) continue;
    if (!step.isBeside) {
      await Promise.all(beside);
      beside = [];
    }
    beside.push(make(call, step));
    search(step.tool);
    withTool({ name: 'plain', args: [step.tool], costUsd: PLAIN_USD }, () => step.tool);
  }
  await Promise.all(beside);
}

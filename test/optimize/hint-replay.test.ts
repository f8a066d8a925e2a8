/** Each saving that a hint states is the cost of recorded calls less that of the same calls with its advice followed. */
import { describe, expect, it } from 'vitest';
import { wrapTool } from '../../src/index.js';
import type { CostHint, CostHintKind } from '../../src/optimize/hint.js';
import recordedTools from '../fixtures/tool-arguments.json' with { type: 'json' };
import {
  type Call,
  hintsOn,
  hintsOnRun,
  PI_SECONDS,
  picoOf,
  promptOf,
  type Run,
  recordedRun,
  TRAJECTORIES,
  withoutCache,
} from './hint-runs.js';

const TTL_MILLIS = 5 * 60_000;

/** What an agent's calls cost, in pico-dollars, when the advice of a hint is followed. */
type Advice = (calls: readonly Call[]) => number;

/** As it is after each call of the recording: what it read and wrote is read by the next one. */
function inCache({ cacheRead, cacheWrite }: Call): number {
  return cacheRead + cacheWrite;
}

/** The cost with the calls that `isMeant` read in full what the call before them left in the cache. */
function readInFull(calls: readonly Call[], isMeant: (pauseMillis: number) => boolean): number {
  let pico = 0;
  for (const [index, call] of calls.entries()) {
    const before = calls[index - 1];
    const reads = before === undefined ? 0 : Math.min(inCache(before), promptOf(call));
    if (before === undefined || reads <= call.cacheRead || !isMeant(call.timeMillis - before.timeMillis)) {
      pico += picoOf(call);
      continue;
    }
    const moved = Math.min(reads - call.cacheRead, call.cacheWrite);
    pico += picoOf({
      ...call,
      cacheRead: call.cacheRead + moved,
      cacheWrite: call.cacheWrite - moved,
    });
    for (let at = TTL_MILLIS; at < call.timeMillis - before.timeMillis; at += TTL_MILLIS) {
      pico += picoOf({ ...call, input: 0, cacheRead: inCache(before), cacheWrite: 0, output: 1 });
    }
  }
  return pico;
}

/** The cost with a cache that lives for five minutes and holds whole blocks of 128 tokens, from 1,024 on. */
function cachedThroughout(calls: readonly Call[]): number {
  let pico = 0;
  let cached = 0;
  let cachedMillis = 0;
  for (const call of calls) {
    const prompt = promptOf(call);
    const reads =
      prompt >= 1024 && call.timeMillis - cachedMillis <= TTL_MILLIS ? Math.min(cached, prompt) : 0;
    const writes = prompt >= 1024 ? prompt - reads : 0;
    pico += picoOf({ ...call, input: prompt - reads - writes, cacheRead: reads, cacheWrite: writes });
    cached = prompt >= 1024 ? 128 * Math.floor(prompt / 128) : 0;
    cachedMillis = call.timeMillis;
  }
  return pico;
}

const SMALLER: Record<string, string> = {
  'claude-sonnet-4-5': 'claude-haiku-4-5',
  'gpt-4.1-mini-2025-04-14': 'gpt-4.1-nano',
};

const ADVICE: Partial<Record<CostHintKind, Advice>> = {
  cheaper_model: (calls) => calls.reduce((sum, call) => sum + picoOf(call, SMALLER[call.model]), 0),
  cold_cache: (calls) => readInFull(calls, (pauseMillis) => pauseMillis <= TTL_MILLIS),
  expired_cache: (calls) => readInFull(calls, (pauseMillis) => pauseMillis > TTL_MILLIS),
  uncached_input: cachedThroughout,
};

const PI = recordedRun('pi-coding-session');
const PI_IN_TIME = recordedRun('pi-coding-session', PI_SECONDS);
const TAU2 = recordedRun('tau2-airline');
/** The user simulator's prompts are mostly too short for a cache; in its loop alone nothing is to be said. */
const AIRLINE = TAU2.filter(([first]) => (first?.input ?? 0) > 1024);

const RUNS: { name: string; run: Run; kinds: CostHintKind[] }[] = [
  { name: 'the coding session', run: PI, kinds: ['cheaper_model', 'cold_cache'] },
  {
    name: 'the coding session at its own pace',
    run: PI_IN_TIME,
    kinds: ['cheaper_model', 'cold_cache', 'expired_cache'],
  },
  { name: 'the coding session, uncached', run: withoutCache(PI), kinds: ['cheaper_model', 'uncached_input'] },
  {
    name: 'the coding session at its own pace, uncached',
    run: withoutCache(PI_IN_TIME),
    kinds: ['cheaper_model', 'uncached_input'],
  },
  { name: 'tau2-bench', run: TAU2, kinds: ['cheaper_model'] },
  { name: 'tau2-bench, uncached', run: withoutCache(AIRLINE), kinds: ['cheaper_model', 'uncached_input'] },
  ...TRAJECTORIES.map(({ name, run }) => {
    const isOfFamily = run[0]?.[0]?.model.startsWith('gpt-4.1') === true;
    const kinds: CostHintKind[] = isOfFamily ? ['cheaper_model'] : [];
    return { name, run, kinds };
  }),
];

const picoIn = ({ amountUsd }: CostHint) => Math.round(amountUsd * 1e12);
const actual = (run: Run) => run.flat().reduce((sum, call) => sum + picoOf(call), 0);

describe('the savings on recorded LLM calls', () => {
  it.each(RUNS)('of $name are those of a replay', async ({ run, kinds }) => {
    const { hints, costUsd } = await hintsOnRun(run);
    expect(hints.map(({ kind }) => kind).sort()).toEqual(kinds);
    for (const hint of hints) {
      const advice = ADVICE[hint.kind];
      expect(hint.amountIs).toBe('saving');
      expect(Math.round(costUsd * 1e12)).toBe(actual(run));
      const replayed = run.reduce((sum, calls) => sum + (advice?.(calls) ?? Number.NaN), 0);
      expect(picoIn(hint), hint.kind).toBe(actual(run) - replayed);
    }
  });

  it('are $14.21 of $30.33 for the cold caches of the coding session', async () => {
    const { hints, costUsd } = await hintsOnRun(PI);
    expect(costUsd).toBe(30.3301977);
    expect(hints.find(({ kind }) => kind === 'cold_cache')).toEqual({
      kind: 'cold_cache',
      subject: 'claude-sonnet-4-5',
      amountUsd: 14.20600635,
      amountIs: 'saving',
      count: 37,
      message:
        '37 calls of claude-sonnet-4-5 found the prompt cache cold: 4,117,683 tokens that the previous call had left there were paid for again, $14.206 more than reading them. Keep the start of the prompt the same from call to call.',
    });
  });

  it('distinguish the four expired caches of the coding session from the others', async () => {
    const { hints } = await hintsOnRun(PI_IN_TIME);
    const [cold, expired] = hints.filter(({ kind }) => kind.endsWith('_cache'));
    expect(cold).toMatchObject({ kind: 'cold_cache', count: 33 });
    expect(expired).toMatchObject({ kind: 'expired_cache', count: 4 });
    expect(expired?.message).toContain('came more than 5 min after the previous call');
  });
});

describe('the saving on repeated tool calls', () => {
  const TOOL_USD = 0.005;

  /** The tool calls of the coding session: the number of their arguments, by tool. */
  const toolCalls = recordedTools.toolCalls
    .split(/[; ]/)
    .filter((text) => text !== '')
    .map((text) => text.split(':'));

  it('is what the recorded ones cost beyond those that a cache has to run', async () => {
    const { hints, costUsd } = await hintsOn(async () => {
      const tools = new Map<string, (argument: string) => unknown>();
      for (const [name = '', argument = ''] of toolCalls) {
        if (!tools.has(name))
          tools.set(
            name,
            wrapTool({ name, costUsd: TOOL_USD }, (given: string) => given),
          );
        tools.get(name)?.(argument);
      }
    });
    expect(costUsd).toBeCloseTo(toolCalls.length * TOOL_USD, 12);
    expect(new Set(hints.map(({ kind }) => kind))).toEqual(new Set(['repeated_tool_calls']));
    for (const hint of hints) {
      const ofTool = toolCalls.filter(([name]) => name === hint.subject);
      const toRun = new Set(ofTool.map(([, argument]) => argument)).size;
      expect(picoIn(hint)).toBe((ofTool.length - toRun) * TOOL_USD * 1e12);
      expect(hint.count).toBe(ofTool.length - toRun);
    }
    expect(hints.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(40);
  });
});

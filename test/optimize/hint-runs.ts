/** Runs whose hints are checked: calls by their counts, replayed through the wrappers, and priced again by a small list. */
import { readFileSync } from 'node:fs';
import { type LlmHandle, type TaskHandle, withAgent, withLlm, withTask } from '../../src/index.js';
import { costHints } from '../../src/optimize/cost-hints.js';
import type { CostHint } from '../../src/optimize/hint.js';
import { recordCalls } from '../../src/optimize/recorded-calls.js';
import times from '../fixtures/pi-call-times.json' with { type: 'json' };
import trajectories from '../fixtures/trajectories.json' with { type: 'json' };

/** One call of a model; no token is in two of its counts. */
export interface Call {
  provider: string | undefined;
  model: string;
  timeMillis: number;
  input: number;
  cacheRead: number;
  cacheWrite: number;
  cacheWrite1h: number;
  output: number;
}

/** The calls of each agent, one after the other. */
export type Run = Call[][];

type Counts = Omit<Call, 'provider' | 'model' | 'timeMillis'>;

/** Pico-dollars for one token: a million times the USD per million that the vendors' pages state. */
const PICO: Record<string, Counts> = {
  'claude-sonnet-4-5': {
    input: 3_000_000,
    cacheRead: 300_000,
    cacheWrite: 3_750_000,
    cacheWrite1h: 6_000_000,
    output: 15_000_000,
  },
  'claude-haiku-4-5': {
    input: 1_000_000,
    cacheRead: 100_000,
    cacheWrite: 1_250_000,
    cacheWrite1h: 2_000_000,
    output: 5_000_000,
  },
  // OpenAI asks nothing more for tokens that it puts into its cache.
  'gpt-4.1-mini': {
    input: 400_000,
    cacheRead: 100_000,
    cacheWrite: 400_000,
    cacheWrite1h: 400_000,
    output: 1_600_000,
  },
  'gpt-4.1-nano': {
    input: 100_000,
    cacheRead: 25_000,
    cacheWrite: 100_000,
    cacheWrite1h: 100_000,
    output: 400_000,
  },
};

export function picoOf(call: Call, model = call.model): number {
  const pico = PICO[model.replace(/-2025-04-14$/, '')];
  if (pico === undefined) throw new Error(`no price of ${model}`);
  return (
    call.input * pico.input +
    call.cacheRead * pico.cacheRead +
    call.cacheWrite * pico.cacheWrite +
    call.cacheWrite1h * pico.cacheWrite1h +
    call.output * pico.output
  );
}

export function promptOf({ input, cacheRead, cacheWrite, cacheWrite1h }: Call): number {
  return input + cacheRead + cacheWrite + cacheWrite1h;
}

interface Recording {
  startTime: string;
  provider: string;
  model: string;
  calls: string[];
}

/** A run of the demo; its calls are a second apart, or at the given seconds after its start. */
export function recordedRun(name: string, seconds?: readonly number[]): Run {
  const url = new URL(`../../examples/recorded/${name}.json`, import.meta.url);
  const { startTime, provider, model, calls }: Recording = JSON.parse(readFileSync(url, 'utf8'));
  const agents = new Map<string, Call[]>();
  for (const [index, line] of calls.entries()) {
    const [agent = '', ...rest] = line.split(' ');
    const [prompt = 0, output = 0, cacheRead = 0, cacheWrite = 0] = rest.map(Number);
    // Cut short before any usage was reported.
    if (prompt === 0) continue;
    const timeMillis = Date.parse(startTime) + 1000 * (seconds?.[index] ?? index);
    const input = prompt - cacheRead - cacheWrite;
    const call = { provider, model, timeMillis, input, cacheRead, cacheWrite, cacheWrite1h: 0, output };
    agents.set(agent, [...(agents.get(agent) ?? []), call]);
  }
  return [...agents.values()];
}

/** When the calls of the coding session began. */
export const PI_SECONDS = times.seconds.split(' ').map(Number);

/** The recorded trajectories. Which agent made which call is not known, so all calls of a run are in one loop. */
export const TRAJECTORIES: { name: string; run: Run }[] = trajectories.runs.map(({ id, calls }) => ({
  name: id,
  run: [
    calls.map(({ provider, model, counts }, index) => {
      const [input = 0, cacheRead = 0, cacheWrite = 0, cacheWrite1h = 0, output = 0] = counts;
      const timeMillis = Date.parse('2026-06-01T12:00:00Z') + 1000 * index;
      const tokens = { input, cacheRead, cacheWrite, cacheWrite1h, output };
      return { provider: provider ?? undefined, model, timeMillis, ...tokens };
    }),
  ],
}));

/** The same run with every prompt sent at full price. */
export function withoutCache(run: Run): Run {
  return run.map((calls) =>
    calls.map((call) => ({ ...call, input: promptOf(call), cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0 })),
  );
}

/** The response of a call, in Anthropic's form: the counts it has are disjoint too. */
export function answerOf(call: Call): object {
  return {
    type: 'message',
    model: call.model,
    usage: {
      input_tokens: call.input,
      output_tokens: call.output,
      cache_read_input_tokens: call.cacheRead,
      cache_creation_input_tokens: call.cacheWrite + call.cacheWrite1h,
      cache_creation: {
        ephemeral_5m_input_tokens: call.cacheWrite,
        ephemeral_1h_input_tokens: call.cacheWrite1h,
      },
    },
  };
}

export async function makeCall(
  call: Call,
  work: (handle: LlmHandle) => Promise<object> = async () => answerOf(call),
): Promise<object> {
  const { provider, model, timeMillis } = call;
  return withLlm({ model, startTimeMillis: timeMillis, ...(provider !== undefined && { provider }) }, work);
}

/** The hints on some work, and what it was billed. */
export async function hintsOn(
  work: (task: TaskHandle) => Promise<void>,
): Promise<{ hints: CostHint[]; costUsd: number }> {
  const stop = recordCalls();
  try {
    return await withTask('run', async (task) => {
      await work(task);
      return { hints: costHints(task), costUsd: task.totals.costUsd };
    });
  } finally {
    stop();
  }
}

export function hintsOnRun(run: Run): Promise<{ hints: CostHint[]; costUsd: number }> {
  return hintsOn(async () => {
    for (const calls of run) {
      await withAgent('agent', async () => {
        for (const call of calls) await makeCall(call);
      });
    }
  });
}

/** What could have been saved on the agents' calls: by the vendors' price lists, typed in by hand, in USD per million. */
import type { CallFigures } from './agent-figures.js';
import { type Answer, grouped } from './answers.js';
import type { Ledger } from './ledger.js';

interface Price {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
}

const PRICES: Readonly<Record<string, Price>> = {
  'gpt-4o': { input: 2.5, output: 10, cacheRead: 1.25, cacheWrite: 2.5 },
  'gpt-4o-mini': { input: 0.15, output: 0.6, cacheRead: 0.075, cacheWrite: 0.15 },
  'gpt-4.1': { input: 2, output: 8, cacheRead: 0.5, cacheWrite: 2 },
  'gpt-4.1-mini': { input: 0.4, output: 1.6, cacheRead: 0.1, cacheWrite: 0.4 },
  'gpt-4.1-nano': { input: 0.1, output: 0.4, cacheRead: 0.025, cacheWrite: 0.1 },
  'claude-sonnet-4-5': { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
  'claude-haiku-4-5': { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25 },
};

const SMALLER: Readonly<Record<string, string>> = {
  'gpt-4o-2024-08-06': 'gpt-4o-mini',
  'gpt-4.1': 'gpt-4.1-mini',
  'gpt-4.1-mini': 'gpt-4.1-nano',
  'claude-sonnet-4-5': 'claude-haiku-4-5',
};

export type SwapLabel = 'gen_ai_response_model' | 'cost_smaller_model' | 'task_name';

function listUsd(model: string, call: CallFigures): number {
  const price = PRICES[model.replace(/-\d{4}-\d{2}-\d{2}$/, '')];
  if (price === undefined) throw new Error(`no price of ${model}`);
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = call;
  return (
    ((inputTokens - cacheReadTokens - cacheWriteTokens) * price.input +
      cacheReadTokens * price.cacheRead +
      cacheWriteTokens * price.cacheWrite +
      outputTokens * price.output) /
    1e6
  );
}

/** Calls that used tokens and have a smaller model. A bill above the list price keeps what it is above it. */
function swaps(calls: readonly CallFigures[]) {
  return calls.flatMap((call) => {
    const { model = '', inputTokens, outputTokens, costUsd } = call;
    const smaller = SMALLER[model];
    if (smaller === undefined || inputTokens + outputTokens === 0) return [];
    return { call, smaller, savedUsd: listUsd(model, call) - listUsd(smaller, call), costUsd };
  });
}

type Swap = ReturnType<typeof swaps>[number];

export const billedUsd = ({ costUsd }: Swap) => costUsd;
export const savedUsd = (swap: Swap) => swap.savedUsd;
export const onSmallerUsd = (swap: Swap) => swap.costUsd - swap.savedUsd;

export function swapsBy(
  { calls }: Ledger,
  amountOf: (swap: Swap) => number,
  labels: readonly SwapLabel[] = ['gen_ai_response_model', 'cost_smaller_model', 'task_name'],
): Answer {
  return grouped(
    swaps(calls),
    ({ call, smaller }) => {
      const all = {
        gen_ai_response_model: call.model,
        cost_smaller_model: smaller,
        task_name: call.taskName,
      };
      return Object.fromEntries(labels.map((label) => [label, all[label]]));
    },
    amountOf,
  );
}

/** Fewer say nothing about a loop, nor does one in which fewer prompts than these have grown. */
const FEWEST_FOLLOWING = 2;
const SHARE_GROWING = 0.75;

/** By model and agent: in loops of one model, the prompts of the calls before, as soon as most have grown. */
export function sentAgainBy(
  { calls }: Ledger,
  labels: readonly ('gen_ai_response_model' | 'gen_ai_agent_name')[],
): Answer {
  const loops = new Map<string, CallFigures[]>();
  for (const call of calls) {
    if (call.kind !== 'llm' || call.inputTokens === 0) continue;
    const loop = `${call.taskId} ${call.agent} ${call.model}`;
    loops.set(loop, [...(loops.get(loop) ?? []), call]);
  }
  return grouped(
    [...loops.values()],
    ([call]) => {
      const all = { gen_ai_response_model: call?.model, gen_ai_agent_name: call?.agent };
      return Object.fromEntries(labels.map((label) => [label, all[label]]));
    },
    sentAgain,
  );
}

function sentAgain(loop: readonly CallFigures[]): number {
  let [following, growing, pending, counted] = [0, 0, 0, 0];
  for (const [at, call] of loop.entries()) {
    const previous = loop[at - 1];
    if (previous === undefined) continue;
    following += 1;
    if (call.inputTokens >= previous.inputTokens + previous.outputTokens) {
      growing += 1;
      pending += previous.inputTokens;
    }
    if (following < FEWEST_FOLLOWING || growing < SHARE_GROWING * following) continue;
    counted += pending;
    pending = 0;
  }
  return counted;
}

export function repeatedUsd(ledger: Ledger): Answer {
  return ledger.callsBy(
    ['gen_ai_tool_name'],
    ({ costUsd }) => costUsd,
    ({ isRepeat }) => isRepeat === true,
  );
}

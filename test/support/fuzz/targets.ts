/** Every public function, called with random and hostile values. */
import * as compute from '../../../src/compute.js';
import * as root from '../../../src/index.js';
import * as optimize from '../../../src/optimize.js';
import * as sampler from '../../../src/sampler.js';
import { foreignSpan, processorMethods } from './foreign-targets.js';
import type { Random } from './random.js';
import { mutated, primitive, record, value } from './values.js';
import { isRefusal, unchanged, work } from './work.js';

/** One call of a public function inside a task. Rejects where something that must hold does not. */
export type Target = (random: Random) => Promise<void> | void;

/** The entry files whose values must all have a target. */
export const ENTRIES = { ...root, ...optimize, ...compute, ...sampler };

type Callable = (...args: never[]) => unknown;

/** Calls a function whose types the fuzz ignores on purpose. */
function call(fn: Callable, ...args: unknown[]): unknown {
  return Reflect.apply(fn, undefined, args);
}

/** Calls a function that may refuse its arguments, and nothing else. */
function construct(make: () => unknown): unknown {
  try {
    return make();
  } catch (error) {
    // A revoked proxy, for which the engine throws, is refused in the engine's words.
    if (isRefusal(error) || error instanceof TypeError) return undefined;
    throw error;
  }
}

function isFunction(made: unknown): made is Callable {
  return typeof made === 'function';
}

const NAMES = ['name', 'id', 'model', 'provider', 'operation', 'sessionId', 'kind'];
const AMOUNTS = ['costUsd', 'billable', 'attempt', 'estimateUsd', 'startTimeMillis', 'costIncludesChildren'];
const REST = [
  'attribution',
  'counterfactual',
  'args',
  'request',
  'countTokens',
  'budget',
  'budgetUsd',
  'costUSD',
];
const OPTION_KEYS = [...NAMES, ...AMOUNTS, ...REST];

function options(random: Random): unknown {
  if (random.chance(0.2)) return value(random, 2);
  const made = record(random, 2, OPTION_KEYS);
  if (random.chance(0.8)) made.name = `name-${random.int(3)}`;
  if (random.chance(0.8)) made.id = `session-${random.int(1e9)}`;
  if (random.chance(0.5)) made.model = random.pick(['gpt-4o', 'claude-sonnet-4', 'unknown-model']);
  if (random.chance(0.3)) made.costUsd = primitive(random);
  if (random.chance(0.5)) delete made.startTimeMillis;
  return made;
}

/** The result of a tool may state its cost. */
function toolResult(random: Random): unknown {
  if (random.chance(0.5)) return value(random);
  const given = random.chance(0.5) ? { costUsd: primitive(random) } : value(random, 1);
  return random.chance(0.5)
    ? construct(() => Reflect.construct(root.ActionResult, [value(random, 1), given]))
    : { cost_usd: primitive(random) };
}

/** Uses a handle inside the work, with anything. */
function useHandle(random: Random, handle: unknown): void {
  if (typeof handle !== 'object' || handle === null || random.chance(0.5)) return;
  const uses: Record<string, () => unknown> = {
    recordUsage: () => [value(random)],
    recordProviderUsage: () => [value(random), value(random, 1)],
    end: () => [],
    succeed: () => [value(random, 1)],
    fail: () => [primitive(random)],
    cancel: () => [],
    receipt: () => [],
    run: () => [() => call(root.recordCost, primitive(random))],
  };
  const name = random.pick(Object.keys(uses));
  const method: unknown = name in handle ? Reflect.get(handle, name) : undefined;
  const args = uses[name]?.();
  if (isFunction(method) && Array.isArray(args)) Reflect.apply(method, undefined, args);
  checkTotals('totals' in handle ? handle.totals : undefined);
}

function checkTotals(totals: unknown): void {
  if (typeof totals !== 'object' || totals === null) return;
  for (const [key, amount] of Object.entries(totals))
    if (typeof amount === 'number' && !Number.isFinite(amount)) throw new Error(`totals.${key} is ${amount}`);
}

/** A `with…`: the work inside may use the handle, and may be wrapped again. */
function wrapper(fn: Callable, ends?: (random: Random) => unknown): Target {
  return async (random) => {
    const given = options(random);
    const inner = random.chance(0.3) ? [random.pick(WITHS), options(random)] : undefined;
    await unchanged(work(random, ends && (() => ends(random))), (run) =>
      call(fn, given, (handle: unknown) => {
        useHandle(random, handle);
        const [nested, nestedOptions] = inner ?? [];
        return isFunction(nested) ? nestedRun(nested, nestedOptions, run) : run();
      }),
    );
  };
}

/** An inner wrapper that refuses throws into the work of the outer one, which is no fault: the work runs without it. */
function nestedRun(nested: Callable, given: unknown, run: () => unknown): unknown {
  let isCalled = false;
  try {
    return call(nested, given, () => {
      isCalled = true;
      return run();
    });
  } catch (error) {
    if (isCalled || !isRefusal(error)) throw error;
    return run();
  }
}

/** A started task, whose work runs in it, and which may be ended before. */
async function started(random: Random): Promise<void> {
  const task = construct(() => call(root.startTask, options(random)));
  if (typeof task !== 'object' || task === null) return;
  const [runIn, end]: unknown[] = [Reflect.get(task, 'run'), Reflect.get(task, 'end')];
  if (!isFunction(runIn) || !isFunction(end)) throw new Error('a started task without its functions');
  if (random.chance(0.3)) call(root.recordUsage, value(random));
  await unchanged(work(random), (run) =>
    call(runIn, () => {
      useHandle(random, task);
      return run();
    }),
  );
  call(end);
}

function wrapping(fn: Callable, ends?: (random: Random) => unknown): Target {
  return async (random) => {
    const given = options(random);
    const args = Array.from({ length: random.int(3) }, () => value(random));
    await unchanged(work(random, ends && (() => ends(random))), (run) => {
      const wrapped = call(fn, given, run);
      return isFunction(wrapped) ? call(wrapped, ...args) : undefined;
    });
  };
}

function response(random: Random): unknown {
  return value(random, random.chance(0.7) ? 3 : 1);
}

const { withAgent, withLlm, withSession, withStep, withTask, withTool } = root;
const WITHS: readonly Callable[] = [withAgent, withLlm, withSession, withStep, withTask, withTool];

export const TARGETS: Record<string, Target> = {
  withSession: wrapper(withSession),
  withTask: wrapper(withTask),
  withAgent: wrapper(withAgent),
  withStep: wrapper(withStep),
  withLlm: wrapper(withLlm, response),
  withTool: wrapper(withTool, toolResult),
  wrapLlm: wrapping(root.wrapLlm, response),
  wrapTool: wrapping(root.wrapTool, toolResult),
  wrapAgent: wrapping(root.wrapAgent),
  recordCost: (random) => void call(root.recordCost, primitive(random), value(random, 2)),
  recordUsage: (random) => void call(root.recordUsage, value(random)),
  recordProviderUsage: (random) => void call(root.recordProviderUsage, value(random), value(random, 2)),
  startTask: started,
  estimateCost: (random) => {
    const estimate = call(
      root.estimateCost,
      random.chance(0.5) ? options(random) : { request: value(random) },
    );
    checkTotals(estimate);
  },
  InvalidOptionError: () => {},
  ActionResult: (random) => void Reflect.construct(root.ActionResult, [value(random), value(random, 2)]),
  ActionError: (random) => void Reflect.construct(root.ActionError, ['failed', value(random, 2)]),
  BudgetExceededError: () => {},
  exportSettings: () => void root.exportSettings(),
  async CostSpanProcessor(random) {
    const given = processorOptions(random);
    const made = construct(() => Reflect.construct(root.CostSpanProcessor, [given]));
    if (made instanceof root.CostSpanProcessor) await made.shutdown();
  },
  cachedTool: wrapping(optimize.cachedTool, toolResult),
  recordCalls(random) {
    const stop = construct(() => call(optimize.recordCalls, value(random, 1)));
    if (isFunction(stop)) call(stop);
  },
  costHints: (random) => void call(optimize.costHints, random.chance(0.5) ? 'session-1' : undefined),
  compressHistory,
  routeModel,
  withCompute: wrapper(compute.withCompute),
  wrapCompute: wrapping(compute.wrapCompute),
  withLoopOverhead: wrapper(compute.withLoopOverhead),
  recordCompute: (random) => void call(compute.recordCompute, value(random)),
  meteredFetch: async (random) => {
    await unchanged(
      work(random, () => responseOf(random)),
      (run) => {
        const metered = call(compute.meteredFetch, run, { fees: { 'GET https://example.com/a': 0.01 } });
        return isFunction(metered) ? call(metered, value(random, 2), value(random, 2)) : undefined;
      },
    );
  },
  unitCost(random) {
    const bill = construct(() => call(compute.unitCost, { name: 'n', kind: 'other', unitUsd: { a: 0.1 } }));
    if (isFunction(bill)) call(bill, value(random, 2));
    construct(() => call(compute.unitCost, value(random, 2)));
  },
  provisionedRate: (random) => void construct(() => call(compute.provisionedRate, value(random, 2))),
  spreadFee: (random) => void call(compute.spreadFee, primitive(random), value(random, 2)),
  computeCostUsd: (random) => void call(compute.computeCostUsd, value(random, 2), value(random, 2)),
  AlwaysRecordSampler: (random) =>
    void construct(() => Reflect.construct(sampler.AlwaysRecordSampler, [value(random, 1)])),
  'spans of other instrumentations': foreignSpan,
  'methods of the processor': processorMethods,
};

const PROCESSOR_KEYS =
  'tools,dialects,attributionKeys,metricAttributes,baggageAttribution,sessionIdKeys,maxSessions,budgets,onTaskEnd,overrides,aliases,providerAliases,priceFactors'.split(
    ',',
  );

function processorOptions(random: Random): unknown {
  return random.chance(0.2) ? value(random, 2) : record(random, 2, PROCESSOR_KEYS);
}

function responseOf(random: Random): unknown {
  return random.chance(0.5)
    ? new Response('{}', { status: random.pick([200, 302, 404, 500]) })
    : value(random, 2);
}

async function compressHistory(random: Random): Promise<void> {
  const message = () => mutated(random, { role: 'user', content: 'x'.repeat(random.int(5_000)) });
  const messages = Array.from({ length: random.int(12) }, message);
  const given = random.chance(0.2)
    ? value(random, 1)
    : { summarize: () => 'short', minTokens: random.int(2_000) };
  try {
    await call(optimize.compressHistory, messages, given);
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

function routeModel(random: Random): void {
  construct(() => call(optimize.routeModel, value(random, 2)));
  const router = optimize.routeModel({
    default: { model: 'gpt-4o' },
    routes: [{ name: 'small', when: () => random.chance(0.5), model: 'gpt-4o-mini' }],
  });
  call(router.llmOptions.bind(router), value(random, 1), value(random, 2));
  router.stop();
}

import { type Span, type Tracer, trace } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  recordCost,
  recordUsage,
  withAgent,
  withLlm,
  withSession,
  withStep,
  withTask,
  withTool,
  wrapAgent,
  wrapLlm,
  wrapTool,
} from '../../src/index.js';
import { meddlingMeter } from '../fakes/broken-meters.js';
import { findsOut, holds } from '../support/laws/law.js';
import { turns } from '../support/laws/run-work.js';
import { type Sdk, startSdk } from '../support/laws/sdk.js';

let sdk: Sdk | undefined;
afterEach(() => sdk?.stop());

type Wrap = <R>(fn: () => R) => R;

const wraps: Record<string, Wrap> = {
  withSession: (fn) => withSession('session', fn),
  withTask: (fn) => withTask({ name: 'task', sessionId: 'session' }, fn),
  withAgent: (fn) => withAgent('agent', fn),
  withStep: (fn) => withStep('step', fn),
  withLlm: (fn) => withLlm({ model: 'gpt-4o' }, fn),
  withTool: (fn) => withTool({ name: 'tool', billable: true }, fn),
  'withTool, priced by a function that fails': (fn) =>
    withTool({ name: 'tool', costUsd: () => JSON.parse('') }, fn),
  wrapLlm: (fn) => wrapLlm('gpt-4o', fn)(),
  wrapTool: (fn) => wrapTool('tool', fn)(),
  wrapAgent: (fn) => wrapAgent('agent', fn)(),
};

/** What a wrapped function may give or throw: anything, also what fails when it is looked at. */
const hostile = new Proxy({}, new Proxy({}, { get: () => fail }));
const values: readonly unknown[] = [
  undefined,
  null,
  Number.NaN,
  'text',
  Symbol('value'),
  () => 1,
  hostile,
  Object.freeze({ usage: Object.freeze({ prompt_tokens: 1 }) }),
  Object.defineProperty({}, 'usage', { get: fail }),
  Object.defineProperty({}, 'cost_usd', { get: fail }),
  Object.defineProperty({}, 'id', { get: fail, enumerable: true }),
  { usage: { prompt_tokens: -1, completion_tokens: 'many' } },
  { cost_usd: Number.POSITIVE_INFINITY },
  { usage: hostile },
  Object.create(null),
  [],
  new Map(),
  new Error('the app failed'),
  Object.assign(new Error('with a status'), { status: 429 }),
  Object.defineProperty(new Error('no message'), 'message', { get: fail }),
];

function fail(): never {
  throw new Error('looked at');
}

const FAILING: SpanProcessor = {
  onStart: fail,
  onEnd: fail,
  forceFlush: async () => {},
  shutdown: async () => {},
};

const FAILING_TRACER: Tracer = { startSpan: fail, startActiveSpan: fail };

const FAILING_SPAN: Span = {
  spanContext: fail,
  setAttribute: fail,
  setAttributes: fail,
  addEvent: fail,
  addLink: fail,
  addLinks: fail,
  setStatus: fail,
  updateName: fail,
  end: fail,
  isRecording: fail,
  recordException: fail,
};

/** Set-ups that fail by themselves. */
const setUps: Record<string, () => void> = {
  'a working SDK': () => {},
  'a processor that throws': () => {
    void sdk?.stop();
    sdk = startSdk({ processors: [FAILING] });
  },
  'a tracer that throws': () => useTracer(FAILING_TRACER),
  'spans that throw': () => useTracer({ ...FAILING_TRACER, startSpan: () => FAILING_SPAN }),
};

function useTracer(tracer: Tracer): void {
  trace.disable();
  trace.setGlobalTracerProvider({ getTracer: () => tracer });
}

const calls = fc.record(
  {
    wrappers: fc.array(fc.constantFrom(...Object.keys(wraps)), { minLength: 1, maxLength: 4 }),
    value: fc.nat(values.length - 1),
    throws: fc.boolean(),
    isAsync: fc.boolean(),
    records: fc.boolean(),
    waits: fc.nat(2),
    setUp: fc.constantFrom(...Object.keys(setUps)),
  },
  { noNullPrototype: true },
);

describe('a wrapper does no harm', () => {
  it('it returns and throws exactly the results of the wrapped function', () =>
    holds('5, do no harm', calls, passesThrough));

  it('is broken by a meter that wraps errors', () => findsOut(meddlingMeter, calls, passesThrough));
});

interface CallCase {
  wrappers: string[];
  value: number;
  throws: boolean;
  isAsync: boolean;
  records: boolean;
  waits: number;
  setUp: string;
}

async function passesThrough(call: CallCase): Promise<void> {
  sdk = startSdk();
  setUps[call.setUp]?.();
  // A promise asks its value for `then` all by itself.
  const value = call.isAsync && values[call.value] === hostile ? undefined : values[call.value];
  const app = () => {
    if (call.records) recordRubbish(value);
    if (call.throws) throw value;
    return value;
  };
  const outcome = call.isAsync
    ? await outcomeOfAsync(async () => {
        await turns(call.waits);
        return app();
      }, call.wrappers)
    : outcomeOf(app, call.wrappers);
  await sdk.stop();
  expect(outcome.threw).toBe(call.throws);
  expect(Object.is(outcome.value, value)).toBe(true);
}

interface Outcome {
  threw: boolean;
  value: unknown;
}

function outcomeOf(app: () => unknown, wrappers: string[]): Outcome {
  try {
    return { threw: false, value: wrapped(app, wrappers)() };
  } catch (error) {
    return { threw: true, value: error };
  }
}

async function outcomeOfAsync(app: () => Promise<unknown>, wrappers: string[]): Promise<Outcome> {
  try {
    return { threw: false, value: await wrapped(app, wrappers)() };
  } catch (error) {
    return { threw: true, value: error };
  }
}

function wrapped<R>(app: () => R, wrappers: string[]): () => R {
  return wrappers.reduce((inner, name) => {
    const wrap = wraps[name];
    return wrap === undefined ? inner : () => wrap(inner);
  }, app);
}

function recordRubbish(value: unknown): void {
  recordCost(Number(typeof value === 'object'));
  recordCost(Number.NaN, { name: '' });
  recordUsage({ inputTokens: -1, outputTokens: Number.NaN, costUsd: Number.POSITIVE_INFINITY });
  recordUsage(Object(value === hostile ? undefined : value));
}

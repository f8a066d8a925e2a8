/**
 * Random and hostile values into every public function and every span attribute that is read. Set `FUZZ_INPUTS` for a
 * longer search, `LAW_SEED` for other inputs, and `FUZZ_INPUT` to the number of an input to repeat it alone.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { inspect, types } from 'node:util';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { CostSpanProcessor, withSession, withTask } from '../../src/index.js';
import { Runtime } from '../../src/runtime/runtime.js';
import { faultsOf } from '../support/fuzz/audit.js';
import { SPAN_KEYS } from '../support/fuzz/keys.js';
import { Random } from '../support/fuzz/random.js';
import { ENTRIES, TARGETS } from '../support/fuzz/targets.js';

const INPUTS = Number(process.env.FUZZ_INPUTS ?? 2_000);
const SEED = Number(process.env.LAW_SEED ?? 1);
const ONLY = process.env.FUZZ_INPUT;

/** Traces are checked in batches, once late work has arrived. */
const BATCH = 250;
/** Enough to see what is wrong. */
const MAX_FAULTS = 10;
const INPUT = 'fuzz.input';

vi.setConfig({ testTimeout: 4 * 3_600_000 });

let exporter: InMemorySpanExporter;
let processor: CostSpanProcessor;
const faults: string[] = [];
/** Errors in this package that it kept from the app. */
const internal: unknown[] = [];
const unhandled = (error: unknown) => void faults.push(`unhandled: ${describe(error)}`);

beforeAll(() => {
  exporter = new InMemorySpanExporter();
  processor = new CostSpanProcessor({
    tools: { 'name-1': { costUsd: 0.001 }, 'name-2': { billable: true } },
    attributionKeys: ['tenant'],
    budgets: { user: { usd: 1e6 }, session: { usd: 1e9 } },
  });
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [processor, new SimpleSpanProcessor(exporter)] }),
  );
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  vi.spyOn(Runtime.prototype, 'caught').mockImplementation((error) => void internal.push(error));
  process.on('unhandledRejection', unhandled);
});
afterAll(() => {
  process.off('unhandledRejection', unhandled);
  vi.restoreAllMocks();
});

it('has every public function as a target, and every attribute that is read among its keys', () => {
  expect(Object.keys(ENTRIES).filter((name) => !Object.hasOwn(TARGETS, name))).toEqual([]);
  expect(SPAN_KEYS.length).toBeGreaterThan(150);
});

it(`nothing throws, results are unchanged, and the money adds up (seed ${SEED})`, async () => {
  const startMillis = performance.now();
  const names = Object.keys(TARGETS);
  const first = ONLY === undefined ? 0 : Number(ONLY);
  const end = ONLY === undefined ? INPUTS : first + 1;
  for (let at = first; at < end && faults.length < MAX_FAULTS; at++) {
    await runInput(at, names[at % names.length] ?? '');
    if (at % BATCH === BATCH - 1 || at === end - 1) await audit();
    if (at % 50_000 === 49_999) console.log(`${at + 1} inputs in ${seconds(startMillis)} s`);
  }
  console.log(`fuzz: ${end - first} inputs, seed ${SEED}, ${seconds(startMillis)} s, ${audited} traces`);
  expect(faults).toEqual([]);
});

async function runInput(at: number, name: string): Promise<void> {
  const random = new Random(SEED * 1_000_003 + at);
  const target = TARGETS[name];
  let problem: unknown[] = [];
  await withSession(`outer-${at % 20}`, () =>
    withTask('fuzz', async ({ span }) => {
      span.setAttribute(INPUT, at);
      try {
        await target?.(random);
      } catch (error) {
        problem = [error];
      }
    }),
  );
  if (problem.length > 0) faults.push(`input ${at}, ${name}: ${describe(problem[0])}`);
  // Other processors may hand over spans that throw: that is caught and counted.
  const kept = internal.splice(0).filter(() => name !== 'methods of the processor');
  for (const error of kept) faults.push(`input ${at}, ${name}: an internal error, ${describe(error)}`);
}

let audited = 0;

/** The spans of each trace, once nothing is in the air any more. */
async function audit(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await turn();
  const traces = new Map<string, ReadableSpan[]>();
  for (const span of exporter.getFinishedSpans()) {
    const { traceId } = span.spanContext();
    const spans = traces.get(traceId);
    if (spans === undefined) traces.set(traceId, [span]);
    else spans.push(span);
  }
  exporter.reset();
  for (const spans of traces.values()) {
    const root = spans.find(({ name, attributes }) => name === 'task fuzz' && INPUT in attributes);
    // Spans of a stream that was dropped long before.
    if (root === undefined) continue;
    audited += 1;
    for (const fault of faultsOf(spans, root))
      faults.push(`input ${String(root.attributes[INPUT])}: ${fault}`);
  }
}

function describe(error: unknown): string {
  try {
    if (!(error instanceof Error)) return Object.prototype.toString.call(error);
    if (types.isProxy(error.cause)) return `${error.stack}`;
    return `${error.stack}${error.cause === undefined ? '' : `\ncause: ${inspect(error.cause, { depth: 1 })}`}`;
  } catch {
    return 'a value that throws when it is shown';
  }
}

function seconds(startMillis: number): string {
  return ((performance.now() - startMillis) / 1000).toFixed(1);
}

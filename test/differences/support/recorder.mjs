/** The SDK of one trace, and all that a build says of that trace as rows of JSON. */
import { context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';

/** A day on which all models of the scenarios have a price. */
const START_MILLIS = Date.parse('2026-11-18T12:00:00Z');

/** Time stands still but where a scenario lets it go on: prices are dated, and attempts are ordered by it. */
export const clock = {
  millis: START_MILLIS,
  tick() {
    clock.millis += 1;
    return clock.millis;
  },
  start() {
    clock.millis = START_MILLIS;
    Date.now = () => clock.millis;
  },
};

/**
 * @typedef {object} Row
 * @property {string} scenario
 * @property {number | string} trace
 * @property {'span' | 'totals' | 'summary' | 'stats' | 'metric' | 'receipt' | 'outcome' | 'nothing'} kind
 * @property {string} name
 * @property {number} [span] its number in the trace, in the order of starts
 * @property {number} [parent] the number of its parent
 * @property {Record<string, unknown>} attributes sorted by key, without what is undefined
 */

/** Takes what a span says when it ends, as an exporter would. Listed after the cost processor. */
class Recorder {
  /** @type {Map<string, { number: number, span: any, ended?: any }>} */
  spans = new Map();

  onStart(span) {
    this.spans.set(span.spanContext().spanId, { number: this.spans.size, span });
  }

  onEnd(span) {
    const entry = this.spans.get(span.spanContext().spanId);
    if (entry === undefined) return;
    const { attributes, events, status } = span;
    entry.ended = { attributes: { ...attributes }, status: status.code, events: events.map(eventOf) };
  }

  async forceFlush() {}
  async shutdown() {}
}

function eventOf({ name, attributes }) {
  return { name, ...sorted(attributes ?? {}) };
}

/** Span ids count from 1; trace ids, which ratio samplers look at, are spread out. */
function idGenerator() {
  let traces = 0;
  let spans = 0;
  return {
    generateTraceId: () => (Math.imul(++traces, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0').repeat(4),
    generateSpanId: () => (0xabc0000000 + ++spans).toString(16).padStart(16, '0'),
  };
}

/**
 * @typedef {object} TraceOptions
 * @property {object} [cost] options of the cost processor
 * @property {object} [sdk] of the tracer provider: a sampler, limits
 * @property {boolean} [metrics] whether metrics are read
 * @property {(cost: any, recorder: Recorder) => object[]} [processors] Default: the cost processor, then the recorder
 * @property {boolean} [none] no SDK at all: wrappers alone
 */

/**
 * Starts one trace, or many that belong together.
 * @param {any} lib the build under test
 * @param {{ scenario: string, trace: number | string }} place
 * @param {TraceOptions} [options]
 */
export function startTrace(lib, place, options = {}) {
  clock.start();
  /** @type {any[]} */
  const extra = [];
  const ids = new Map();
  const recorder = new Recorder();
  const add = (kind, name, attributes) => extra.push({ ...place, kind, name, attributes });
  const cost =
    options.none === true
      ? undefined
      : new lib.CostSpanProcessor({ ...options.cost, onTaskEnd: (summary) => extra.push(summary) });
  if (cost !== undefined) startSdk(cost, recorder, options);
  const reader = options.metrics === true ? startMetrics() : undefined;

  return {
    cost,
    recorder,
    /** A row beside the spans: `totals`, `receipt`, `outcome`. */
    add,
    /** The totals of a handle by now. */
    addTotals: (name, handle) => add('totals', name, withoutZeros(handle.totals)),
    /** Ends the trace. @returns {Promise<Row[]>} */
    async rows() {
      if (cost !== undefined) addStats(cost, add);
      if (reader !== undefined) await addMetrics(reader, add);
      await cost?.shutdown();
      const stable = (value) => withoutIds(value, recorder, ids);
      const rows = [...spanRows(place, recorder), ...extra.map((entry) => toRow(place, entry))];
      // A trace of which nothing is said is said to be there, so that the rows of two builds stay side by side.
      if (rows.length === 0) rows.push({ ...place, kind: 'nothing', name: '', attributes: {} });
      return rows.map((row) => ({ ...row, attributes: sorted(row.attributes, stable) }));
    },
  };
}

function startSdk(cost, recorder, { sdk = {}, processors = (first, second) => [first, second] }) {
  const provider = new BasicTracerProvider({
    idGenerator: idGenerator(),
    ...sdk,
    spanProcessors: processors(cost, recorder),
  });
  // A second one beside it would not be taken.
  trace.disable();
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(contextManager);
}

const contextManager = new AsyncLocalStorageContextManager().enable();

class Reader extends MetricReader {
  async onForceFlush() {}
  async onShutdown() {}
}

function startMetrics() {
  const reader = new Reader();
  metrics.disable();
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  return reader;
}

async function addMetrics(reader, add) {
  const { resourceMetrics } = await reader.collect();
  for (const { descriptor, dataPoints } of resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)) {
    for (const { attributes, value } of dataPoints) {
      const labels = Object.entries(sorted(attributes)).map(([key, label]) => `${key}=${label}`);
      const shown = typeof value === 'number' ? { value } : { count: value.count, sum: value.sum };
      add('metric', `${descriptor.name} {${labels.join(', ')}}`, shown);
    }
  }
  metrics.disable();
}

function addStats(cost, add) {
  const { stats } = cost;
  if (Object.values(stats).some((count) => count !== 0)) add('stats', 'processor', withoutZeros(stats));
  for (const { taskName, ...figures } of cost.taskStats()) add('stats', `tasks ${taskName}`, figures);
}

/** A summary of a task comes as the build made it; how long a task took is no figure of a build. */
function toRow(place, entry) {
  if (entry.kind !== undefined) return entry;
  const { durationMillis: _, taskName, ...figures } = entry;
  return { ...place, kind: 'summary', name: taskName, attributes: withoutZeros(figures) };
}

function spanRows(place, { spans }) {
  return [...spans.values()]
    .filter(({ ended }) => ended !== undefined)
    .map(({ number, span, ended: { attributes, status, events } }) => ({
      ...place,
      kind: 'span',
      span: number,
      parent: spans.get(span.parentSpanContext?.spanId)?.number,
      name: span.name,
      attributes: {
        ...attributes,
        ...(status !== 0 && { '(status)': status }),
        ...(events.length > 0 && { '(events)': events }),
      },
    }));
}

/** Most of what a roll-up may say is zero. */
function withoutZeros(figures) {
  return Object.fromEntries(
    Object.entries(figures).filter(([key, value]) => value !== 0 || key === 'costUsd'),
  );
}

/** A span's id becomes its number, and any other id the number of its kind. */
function withoutIds(value, { spans }, ids) {
  if (typeof value !== 'string' || !/^[0-9a-f]{16}$/.test(value)) return value;
  const entry = spans.get(value);
  if (entry !== undefined) return `#${entry.number}`;
  if (!ids.has(value)) ids.set(value, `id ${ids.size + 1}`);
  return ids.get(value);
}

function sorted(attributes, map = (value) => value) {
  return Object.fromEntries(
    Object.keys(attributes)
      .sort()
      .flatMap((key) => (attributes[key] === undefined ? [] : [[key, map(attributes[key])]])),
  );
}

/** The spans of an app by trace, and what each trace was billed. */
import { judge } from '../verdict.js';

/** In the order they began. Outside any other span, a trace is a task. */
export function tracesOf(spans) {
  const traces = new Map();
  for (const span of spans) traces.set(span.traceId, [...(traces.get(span.traceId) ?? []), span]);
  return [...traces.values()].sort((trace, other) => Number(beginOf(trace) - beginOf(other)));
}

function beginOf(trace) {
  return trace.reduce((first, { started }) => (started < first ? started : first), trace[0].started);
}

/** The calls in each trace: who saw them, and for how much. */
export function callsIn(traces) {
  return traces.map((spans) =>
    spans
      .filter(({ attributes }) => attributes['cost.source'] ?? attributes['cost.status'])
      .map(({ scope, name, attributes }) => `${scope}, ${name}: ${attributes.cost_usd ?? 'no cost'}`),
  );
}

/** The verdict of each scenario, when each made one trace. */
export function verdictsOf(traces, scenarios, servedOf) {
  return Object.fromEntries(
    scenarios.map((scenario, index) => {
      const spans = traces[index] ?? [];
      return [scenario, judge({ scenario, served: servedOf(scenario), spans, wrapped: false })];
    }),
  );
}

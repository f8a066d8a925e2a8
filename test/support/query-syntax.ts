/** Whether queries are sentences of their languages, by the parsers that Grafana's and Prometheus's editors use. */
import { parser as traceql } from '@grafana/lezer-traceql';
import { parser as promql } from '@prometheus-io/lezer-promql';

interface Parser {
  parse(text: string): {
    iterate(walk: { enter(node: { type: { isError: boolean }; from: number }): void }): void;
  };
}

/** Where a query cannot be read, as the text from there on; empty for a good one. */
function faults(parser: Parser, query: string): string[] {
  const found: string[] = [];
  parser.parse(query).iterate({
    enter: ({ type, from }) => {
      if (type.isError) found.push(query.slice(from, from + 40) || '(its end)');
    },
  });
  return found;
}

export function promqlFaults(query: string): string[] {
  return faults(promql, query);
}

export function traceqlFaults(query: string): string[] {
  return faults(traceql, query);
}

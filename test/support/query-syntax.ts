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

const SQL_TOKEN = /'(?:[^'\\\\]|\\\\.)*'|[()]|['"`;]/g;

/** No parser for ClickHouse's SQL is at hand; the engine runs every query in integration/backends. */
export function sqlFaults(query: string): string[] {
  const isStatement = /^(WITH|SELECT|ALTER TABLE)\s/.test(query);
  const found = isStatement ? [] : [query.slice(0, 40)];
  let depth = 0;
  for (const { 0: token, index } of query.matchAll(SQL_TOKEN)) {
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    if (depth < 0 || (token.length === 1 && !'()'.includes(token)))
      found.push(query.slice(index, index + 40));
  }
  return depth > 0 ? [...found, '(its end)'] : found;
}

/**
 * The part after the arrow: what is written on the span of a line, and on those that go out below it.
 *
 * - `$0.0025`: own cost. With a reason in brackets it is estimated.
 * - `unpriced (reason)`, `not billed (reason)`, `free`, and `estimated (reason)` where there is no own cost.
 * - `cost $0.001`: own cost on a span `cost {name}` below it.
 * - `total $0.0035 for 1000+100 in 1 call`: the roll-up of a scope. It is complete and known where nothing else is said;
 *   `2 unpriced` is an incomplete one. `then` begins the next statement, in a `cost correction`.
 */
import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { Line } from './tree.js';

export class Bills {
  constructor(
    private readonly spans: readonly ReadableSpan[],
    private readonly spanIds: ReadonlyMap<Line, string>,
  ) {}

  of(line: Line): string {
    const id = this.spanIds.get(line);
    if (id === undefined) return '';
    const span = this.spans.find((each) => each.spanContext().spanId === id);
    const below = this.spans.filter(({ parentSpanContext }) => parentSpanContext?.spanId === id);
    const costs = below.filter(({ name }) => name.startsWith('cost ') && name !== CORRECTION);
    const said = [
      ...(span === undefined ? ['never ended'] : ownCost(span.attributes)),
      ...costs.map(({ attributes }) => `cost ${ownCost(attributes)}`),
    ];
    if (line.bills.includes('total ')) {
      const statements = [span, ...below.filter(({ name }) => name === CORRECTION)];
      const totals = statements.flatMap((each) => total(line.kind, each?.attributes ?? {}));
      if (totals.length > 0) said.push(`total ${totals.join('; then ')}`);
    }
    return said.join(', ');
  }

  /** Own cost over all spans, in whole pico-dollars. */
  get sum(): number {
    return this.spans.reduce((sum, { attributes }) => sum + pico(attributes.cost_usd), 0);
  }

  /** The roll-up of this line as it was last stated, in whole pico-dollars; undefined where there is none. */
  lastTotal(line: Line): number | undefined {
    const id = this.spanIds.get(line);
    const key = `${prefixOf(line.kind)}.cost_usd`;
    const last = this.spans.findLast(
      (span) =>
        span.attributes[key] !== undefined &&
        (span.spanContext().spanId === id ||
          (span.name === CORRECTION && span.parentSpanContext?.spanId === id)),
    );
    return last === undefined ? undefined : pico(last.attributes[key]);
  }
}

const CORRECTION = 'cost correction';

function pico(usd: unknown): number {
  return Math.round(Number(usd ?? 0) * 1e12);
}

function usd(value: unknown): string {
  return `$${(pico(value) / 1e12).toFixed(12).replace(/\.?0+$/, '')}`;
}

function ownCost(a: Attributes): string[] {
  const status = a['cost.status'];
  const reason = a['cost.reason'] === undefined ? '' : ` (${a['cost.reason']})`;
  if (status === 'free') return ['free'];
  if (a.cost_usd !== undefined) return [`${usd(a.cost_usd)}${reason}`];
  if (status === undefined) return [];
  return [`${String(status).replace('_', ' ')}${reason}`];
}

function prefixOf(kind: string): string {
  switch (kind) {
    case 'withAgent':
    case 'invoke_agent':
    case 'invoke_workflow':
    case 'openinference':
      return 'agent';
    case 'withSession':
      return 'session';
    default:
      return 'task';
  }
}

function total(kind: string, a: Attributes): string[] {
  const of = (key: string) => a[`${prefixOf(kind)}.${key}`];
  if (of('cost_usd') === undefined) return [];
  const calls = Number(of('llm_calls') ?? 0);
  const parts = [
    `${usd(of('cost_usd'))} for ${of('input_tokens')}+${of('output_tokens')} in ${calls} call${calls === 1 ? '' : 's'}`,
  ];
  const estimated = of('estimated_cost_usd');
  if (estimated !== undefined) parts.push(`${usd(estimated)} estimated`);
  if (of('cost_complete') === false) parts.push(`${of('unpriced_calls')} unpriced`);
  else if (of('unpriced_calls') !== undefined) parts.push(`complete with ${of('unpriced_calls')} unpriced`);
  if (of('failed_calls') !== undefined) parts.push(`${of('failed_calls')} failed`);
  if (of('wasted_cost_usd') !== undefined) parts.push(`${usd(of('wasted_cost_usd'))} wasted`);
  if (of('cache_read_tokens') !== undefined) parts.push(`${of('cache_read_tokens')} cached`);
  if (of('tool_cost_usd') !== undefined && of('tool_cost_usd') !== 0)
    parts.push(`${usd(of('tool_cost_usd'))} of tools`);
  return [parts.join(', ')];
}

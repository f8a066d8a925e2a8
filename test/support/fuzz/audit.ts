/** What must hold of every trace, whatever was handed over: finite figures, conservation, no unpriced call unnoticed. */
import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { MAX_MESSAGE_CHARS, MAX_NAME_CHARS } from '../../../src/short-text.js';
import { picoOf, sum } from '../laws/span-tree.js';

/** Attributes that the fuzz writes as another instrumentation would are not ours. */
const OWN = /^(?:cost[._]|task\.|agent\.|step\.|session\.(?!id$))/;

/** Returns what is wrong with the spans of one trace; an empty list if nothing is. */
export function faultsOf(spans: readonly ReadableSpan[], root: ReadableSpan): string[] {
  const faults = spans.flatMap((span) => [
    ...figureFaults(span),
    ...lengthFaults(span),
    ...reasonFaults(span),
  ]);
  const stated = lastStated(spans, root);
  const own = sum(spans.map(({ attributes }) => picoOf(finite(attributes.cost_usd))));
  const rollUp = picoOf(finite(stated['task.cost_usd']));
  if (differ(own, rollUp)) faults.push(`the task states ${rollUp} pico-dollars, its spans carry ${own}`);
  const parts = ['llm', 'tool', 'compute', 'other'].map((part) =>
    picoOf(finite(stated[`task.${part}_cost_usd`])),
  );
  if (differ(sum(parts), rollUp)) faults.push('the parts do not add up to the total');
  const unpriced = spans.filter((span) => isUnpriced(span) && !isResolved(span, spans));
  if (unpriced.length > 0 && stated['task.cost_complete'] !== false)
    faults.push(`${unpriced.length} calls are unpriced and the task is complete`);
  return faults;
}

/** A double has 53 bits: from $9,007 on it does not hold every pico-dollar. */
function differ(a: bigint, b: bigint): boolean {
  const most = a > b ? a : b;
  return (a > b ? a - b : b - a) > most / 2n ** 51n;
}

function lastStated(spans: readonly ReadableSpan[], root: ReadableSpan): Attributes {
  const id = root.spanContext().spanId;
  const corrections = spans.filter(
    (span) => span.name === 'cost correction' && span.parentSpanContext?.spanId === id,
  );
  return (corrections.at(-1) ?? root).attributes;
}

function isUnpriced({ attributes }: ReadableSpan): boolean {
  return attributes['cost.status'] === 'unpriced';
}

/** Usage that was recorded late is billed on a child. */
function isResolved(span: ReadableSpan, spans: readonly ReadableSpan[]): boolean {
  const { spanId } = span.spanContext();
  return spans.some(
    ({ attributes, parentSpanContext }) =>
      parentSpanContext?.spanId === spanId && attributes.cost_usd !== undefined,
  );
}

function finite(amount: unknown): unknown {
  return typeof amount === 'number' && Number.isFinite(amount) ? amount : undefined;
}

function figureFaults({ name, attributes }: ReadableSpan): string[] {
  return Object.entries(attributes)
    .filter(([key, amount]) => OWN.test(key) && typeof amount === 'number')
    .filter(([key, amount]) => {
      const isSound = Number.isFinite(amount) && !Object.is(amount, -0);
      return !isSound || (Number(amount) < 0 && !key.endsWith('growth_ratio'));
    })
    .map(([key, amount]) => `${key} of "${name}" is ${String(amount)}`);
}

function lengthFaults({ name, attributes, status }: ReadableSpan): string[] {
  const faults = Object.entries(attributes)
    .filter(([key, text]) => OWN.test(key) && typeof text === 'string' && text.length > limitOf(key))
    .map(([key, text]) => `${key} has ${String(text).length} characters`);
  if (name.length > MAX_NAME_CHARS) faults.push(`the name of a span has ${name.length} characters`);
  if ((status.message?.length ?? 0) > MAX_MESSAGE_CHARS) faults.push('a status message is too long');
  for (const [key, text] of Object.entries({ ...attributes, status: status.message }))
    if (typeof text === 'string' && text.includes('user:password'))
      faults.push(`a password is in ${key} of "${name}"`);
  return faults;
}

function limitOf(key: string): number {
  return key === 'cost.anomaly' ? MAX_MESSAGE_CHARS : MAX_NAME_CHARS;
}

/** A span of ours with own cost says of what kind; one of a call without says why. */
function reasonFaults({ name, attributes, instrumentationScope }: ReadableSpan): string[] {
  if (instrumentationScope.name !== 'otel-agent-cost') return [];
  if (attributes.cost_usd !== undefined && attributes['cost.kind'] === undefined)
    return [`no kind on "${name}"`];
  const isCall = attributes['gen_ai.operation.name'] === 'chat';
  const isRefused = attributes['cost.budget.scope'] !== undefined;
  if (isCall && !isRefused && attributes.cost_usd === undefined && attributes['cost.status'] === undefined)
    return [`"${name}" has neither a cost nor a status`];
  return [];
}

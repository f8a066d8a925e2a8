import type { Span } from '@opentelemetry/api';
import type { Bill } from './bill.js';
import { charge } from './charge.js';
import { closeLink } from './close.js';
import { Link } from './link.js';
import type { Meter } from './meter.js';
import { instantChild } from './own-span.js';

/** Bills below a span what cannot stand on it: `cost {name}`, an instant leaf. Without a span, it is a root. */
export function chargeOnChild(
  meter: Meter,
  parent: Link | undefined,
  parentSpan: Span | undefined,
  name: string,
  bill: Bill,
): void {
  const link = new Link(parent);
  link.settled = true;
  instantChild(parentSpan, link, `cost ${name}`, (span) => charge(meter, link, span, bill));
  closeLink(meter, link);
}

import type { Span } from '@opentelemetry/api';
import type { Meter } from '../runtime/meter.js';
import type { Bill } from '../spans/bill.js';
import { Link } from '../spans/link.js';
import { instantChild } from '../spans/own-span.js';
import { charge } from './charge.js';
import { closeLink } from './close.js';

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

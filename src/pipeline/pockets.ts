import type { Runtime } from '../runtime/runtime.js';
import { Pocket } from '../spans/pocket.js';
import type { SpanRecord } from '../spans/span-record.js';
import { chargeOnChild } from './charge.js';
import { withPosted } from './settle-wrapper.js';

/**
 * The most open wrappers with a pocket. A larger number means streams that nobody reads; the oldest pocket is then
 * posted.
 */
const MAX_POCKETS = 1_000;

/** Returns the pocket of an open wrapper, which collects the bills of spans inside. Creates it if needed. */
export function pocketOf(runtime: Runtime, wrapper: SpanRecord): Pocket {
  if (wrapper.pocket !== undefined) return wrapper.pocket;
  const { wrappersWithPockets } = runtime;
  const [oldest] = wrappersWithPockets;
  if (oldest !== undefined && wrappersWithPockets.size >= MAX_POCKETS) emptyPocket(runtime, oldest);
  wrappersWithPockets.add(wrapper);
  wrapper.pocket = new Pocket();
  return wrapper.pocket;
}

/** Counts a call without usage inside a wrapper, unless another span inside shows the same call. */
export function noteUnknownCall(runtime: Runtime, wrapper: SpanRecord, record: SpanRecord): void {
  if (record.hasCallsBelow(false)) return;
  for (let at = record.parent; at !== undefined && at !== wrapper; at = at.parent)
    if (at.role === 'llm') return;
  pocketOf(runtime, wrapper).unknownCalls += 1;
}

/** Charges the bills that still open wrappers have collected, on spans of their own. */
export function emptyPockets(runtime: Runtime): void {
  for (const wrapper of runtime.wrappersWithPockets) emptyPocket(runtime, wrapper);
}

function emptyPocket(runtime: Runtime, wrapper: SpanRecord): void {
  runtime.wrappersWithPockets.delete(wrapper);
  const { pocket } = wrapper;
  // The bills are written on a span now, so the wrapper's own span must not repeat them.
  wrapper.pocket = undefined;
  if (pocket === undefined) return;
  const { posted } = pocket;
  const rest = pocket.empty();
  if (rest?.pico !== undefined) rest.pico = wrapper.reportPrice(rest.pico);
  const bill = posted === undefined ? rest : withPosted(rest, posted);
  if (bill === undefined) return;
  chargeOnChild(runtime, wrapper, wrapper.span, bill.subject?.model ?? 'llm', bill, true);
}

/** The order in which the spans of a trace started and ended. */
import type { SpanNode } from './span-tree.js';

export interface SpanEvent {
  readonly node: SpanNode;
  readonly isEnd: boolean;
}

interface TimedEvent extends SpanEvent {
  readonly time: number;
  readonly phase: Phase;
  /** Its place among the events of the same time and phase. */
  readonly rank: number;
}

/** At one time, most spans end before others start: a call and its repetition, one after the other. */
type Phase = typeof END | typeof START | typeof LATE_END;
const END = 0;
const START = 1;
/** Ends of spans that start at this time, or have a span below that does. */
const LATE_END = 2;

/** At equal times, parents start before their children, and children end before their parents. */
export function spanEvents(nodes: readonly SpanNode[]): SpanEvent[] {
  const events: TimedEvent[] = [];
  for (const node of nodes) {
    const { start, end, depth } = node;
    events.push({ node, isEnd: false, time: start, phase: START, rank: depth });
    if (end === undefined) continue;
    const phase = end === start || node.endsAfterStarts ? LATE_END : END;
    events.push({ node, isEnd: true, time: end, phase, rank: -depth });
  }
  // Stable: where all else is equal, the nodes are in order of start and id.
  return events.sort((a, b) => compare(a.time, b.time) || a.phase - b.phase || a.rank - b.rank);
}

/** A difference would be NaN for two infinite times. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

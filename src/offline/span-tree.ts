/** The spans of one trace as trees, in the order in which they started. */
import type { GivenSpan } from './given-spans.js';

/** A span in its tree. Times are in nanoseconds since the first start of the trace. */
export class SpanNode {
  parent: SpanNode | undefined;
  /** Levels below the root. */
  depth = 0;
  /** Not before the parent's: the clocks of two services may differ. */
  start: number;
  /** Not before the start. Undefined for an open span. */
  end: number | undefined;
  /** A span below starts at the very end of this one, so this one ends after it. */
  endsAfterStarts = false;

  constructor(
    readonly span: GivenSpan,
    firstStart: bigint,
  ) {
    this.start = Number(span.start - firstStart);
    this.end = span.end === undefined ? undefined : Number(span.end - firstStart);
  }
}

/** Links the spans of a trace. A span whose parent is missing is a root, and so is the first span of a cycle. */
export function spanTree(spans: readonly GivenSpan[]): SpanNode[] {
  const firstStart = spans.reduce(
    (first, { start }) => (start < first ? start : first),
    spans[0]?.start ?? 0n,
  );
  const nodes = spans.map((span) => new SpanNode(span, firstStart)).sort(byStart);
  const byId = new Map(nodes.map((node) => [node.span.spanId, node]));
  for (const node of nodes) {
    const { parentSpanId } = node.span;
    node.parent = parentSpanId === undefined ? undefined : byId.get(parentSpanId);
  }
  cutCycles(nodes);
  for (const node of topDown(nodes)) settleTimes(node);
  for (const node of nodes) noteStartAtEnds(node);
  return nodes;
}

function byStart(a: SpanNode, b: SpanNode): number {
  return a.start - b.start || (a.span.spanId < b.span.spanId ? -1 : 1);
}

/** In each cycle, the span that started first becomes a root. Each span is visited a few times at most. */
function cutCycles(nodes: readonly SpanNode[]): void {
  const rootOf = new Map<SpanNode, SpanNode>();
  for (const node of nodes) {
    const path: SpanNode[] = [];
    let at: SpanNode | undefined = node;
    while (at !== undefined && !rootOf.has(at)) {
      rootOf.set(at, node);
      path.push(at);
      at = at.parent;
    }
    // Visited on this very path: the path has come round.
    if (at !== undefined && rootOf.get(at) === node) {
      const cycle = path.slice(path.indexOf(at));
      const [first] = cycle.sort(byStart);
      if (first !== undefined) first.parent = undefined;
    }
  }
}

/** Parents before their children. Iterative, because a trace may be very deep. */
function topDown(nodes: readonly SpanNode[]): SpanNode[] {
  const below = new Map<SpanNode, SpanNode[]>();
  const open: SpanNode[] = [];
  for (const node of nodes) {
    const { parent } = node;
    const siblings = parent === undefined ? open : below.get(parent);
    if (siblings !== undefined) siblings.push(node);
    else if (parent !== undefined) below.set(parent, [node]);
  }
  const ordered: SpanNode[] = [];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    ordered.push(node);
    for (const child of below.get(node) ?? []) open.push(child);
  }
  return ordered;
}

function settleTimes(node: SpanNode): void {
  const { parent } = node;
  if (parent !== undefined) {
    node.depth = parent.depth + 1;
    node.start = Math.max(node.start, parent.start);
  }
  if (node.end !== undefined) node.end = Math.max(node.end, node.start);
}

/** Marks the spans above that end at the start of this one. Each is marked once. */
function noteStartAtEnds({ parent, start }: SpanNode): void {
  for (let at = parent; at?.end === start && !at.endsAfterStarts; at = at.parent) at.endsAfterStarts = true;
}

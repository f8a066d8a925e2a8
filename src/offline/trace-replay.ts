/** Runs the spans of one trace through the pipeline, as if they started and ended now. */
import { createHash } from 'node:crypto';
import { closeRecord, stateRollUps } from '../pipeline/close.js';
import { startForeign } from '../pipeline/start.js';
import type { PriceBook } from '../pricing/price-book.js';
import { readCall, settleForeign, settleStated } from '../processor/foreign.js';
import type { CostSpanProcessorOptions } from '../runtime/processor-options.js';
import { Runtime } from '../runtime/runtime.js';
import type { InstantChild } from '../spans/own-span.js';
import { SpanRecord } from '../spans/span-record.js';
import type { Task } from '../spans/task.js';
import { readRole } from '../usage/span-role.js';
import { type GivenSpan, type SpanValues, valuesOf } from './given-spans.js';
import { isMeteredTask, meteredValues, startMeteredTask } from './metered-spans.js';
import type { PricedSpan } from './offline-span.js';
import { ReplayedSpan } from './replayed-span.js';
import { spanEvents } from './span-events.js';
import { type SpanNode, spanTree } from './span-tree.js';

/**
 * Two spans of one call from two recorders start in the same synchronous step. Recorded times only show that they start
 * within this time, 5 ms.
 */
const SAME_STEP_NANOS = 5e6;

/** The tracer of Google's ADK, whose agents run inside the span of the call that handed over to them. */
const HANDING_OVER = 'gcp.vertex.agent';

/** A span on its way through the pipeline. */
interface Replayed {
  readonly span: ReplayedSpan;
  readonly record: SpanRecord;
  /** It carries our keys. They are kept, and nothing is written on it. */
  readonly isMetered: boolean;
  /** The spans around it are of a process that meters. */
  readonly isInsideMetered: boolean;
  /** The metered task that it is, or is part of. */
  readonly meteredTask: Task | undefined;
}

export class TraceReplay {
  readonly runtime: Runtime;
  private readonly nodes: readonly SpanNode[];
  private readonly metered: ReadonlyMap<SpanNode, SpanValues>;
  private readonly replayed = new Map<SpanNode, Replayed>();
  /** The spans `cost {name}`, by the span that they were added below. */
  private readonly added = new Map<ReplayedSpan, ReplayedSpan[]>();
  private readonly ids: Set<string>;
  private lastStart = Number.NEGATIVE_INFINITY;

  constructor(spans: readonly GivenSpan[], options: CostSpanProcessorOptions, prices?: PriceBook) {
    this.runtime = new Runtime(options, this.instantChild, prices);
    this.nodes = spanTree(spans);
    this.metered = meteredValues(this.nodes);
    this.ids = new Set(spans.map(({ spanId }) => spanId));
  }

  /** The spans that got something, in the order of their starts. */
  run(): PricedSpan[] {
    for (const { node, isEnd } of spanEvents(this.nodes)) {
      this.runtime.guard(() => (isEnd ? this.end(node) : this.start(node)));
    }
    return this.nodes.flatMap((node) => this.pricedAt(node));
  }

  private start(node: SpanNode): void {
    const { runtime } = this;
    const span = new ReplayedSpan(node.span);
    const parent = node.parent && this.replayed.get(node.parent);
    const metered = this.metered.get(node);
    const startsTask = metered !== undefined && isMeteredTask(metered);
    const isInsideMetered = parent !== undefined && isOfMeteringProcess(parent);
    // The process that meters knows nothing of the spans around it, and they do not count its cost.
    const isRoot = startsTask || (metered !== undefined && !isInsideMetered);
    const around = isRoot ? undefined : parent?.record;
    if (node.start - this.lastStart > SAME_STEP_NANOS) runtime.startsBeside.forget();
    this.lastStart = node.start;
    if (parent?.record.role === 'llm') parent.record.statedAtStart = !handsOver(parent.span, span);
    const record = new SpanRecord(around);
    startForeign(runtime, record, span, around);
    this.replayed.set(node, {
      span,
      record,
      isMetered: metered !== undefined,
      isInsideMetered,
      meteredTask: startsTask
        ? startMeteredTask(record, span, metered, parent?.meteredTask)
        : parent?.meteredTask,
    });
  }

  private end(node: SpanNode): void {
    const replayed = this.replayed.get(node);
    if (replayed === undefined) return;
    const { runtime } = this;
    const { span, record } = replayed;
    if (replayed.isMetered) settleStated(runtime, record, span);
    else if (isLeftOut(replayed)) record.settled = true;
    else settleForeign(runtime, record, span);
    span.stateRollUps(() => stateRollUps(runtime, record, span));
    span.ended = true;
    closeRecord(runtime, record);
  }

  /** A correction replaces the roll-ups of its span. Any other span of this package is added. */
  private readonly instantChild: InstantChild = (parent, _record, name, attributes, write) => {
    if (!(parent instanceof ReplayedSpan)) return;
    if (name === 'cost correction') {
      parent.stateRollUps(() => write(parent));
      return;
    }
    const siblings = this.added.get(parent) ?? [];
    this.added.set(parent, siblings);
    const { given } = parent;
    const time = given.end ?? given.start;
    const child = new ReplayedSpan(
      {
        ...given,
        spanId: this.newId(given, siblings.length),
        parentSpanId: given.spanId,
        name,
        start: time,
        end: time,
        attributes: valuesOf({}),
      },
      true,
    );
    for (const [key, value] of Object.entries(attributes))
      if (value !== undefined) child.setAttribute(key, value);
    siblings.push(child);
    write(child);
  };

  /** The same in every run, and the id of no other span. */
  private newId({ traceId, spanId }: GivenSpan, number: number): string {
    for (let salt = 0; ; salt++) {
      const hash = createHash('sha256').update(`${traceId} ${spanId} ${number} ${salt}`).digest('hex');
      const id = hash.slice(0, 16);
      if (this.ids.has(id)) continue;
      this.ids.add(id);
      return id;
    }
  }

  private pricedAt(node: SpanNode): PricedSpan[] {
    const replayed = this.replayed.get(node);
    if (replayed === undefined || replayed.isMetered) return [];
    const { span } = replayed;
    return [span, ...(this.added.get(span) ?? [])].flatMap((each) => each.priced() ?? []);
  }
}

/**
 * True for an agent that runs inside the span of a call that is over. Live, such a call states its usage before the
 * agent starts; a recorded span does not show when it did.
 */
function handsOver(call: ReplayedSpan, below: ReplayedSpan): boolean {
  return call.instrumentationScope.name === HANDING_OVER && readRole(below.attributes) === 'agent';
}

/** True when a span below belongs to a process that meters, as far as the spans show. */
function isOfMeteringProcess(replayed: Replayed): boolean {
  return replayed.isMetered || isLeftOut(replayed);
}

/**
 * True for a span that a metering process has seen and left without a key: a tool that costs nothing, or a call whose
 * usage another span states. Agents and other usage always get keys there, so those without any are of another process.
 */
function isLeftOut({ isInsideMetered, record, span }: Replayed): boolean {
  return isInsideMetered && record.role !== 'agent' && (record.role === 'tool' || !readCall(span).isKnown);
}

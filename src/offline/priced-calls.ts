/** The calls and tasks that priced spans show, in the form that the hints read. */
import {
  BUDGET_MEASURE,
  BUDGET_SCOPE,
  COST_ATTEMPT,
  COST_KIND,
  COST_REASON,
  COST_SAVED_USD,
  COST_STATUS,
  COST_USD,
  SESSION_ID,
  TASK_BUDGET_USD,
  TASK_ID,
  TASK_NAME,
  TASK_OUTCOME,
  TASK_OVER_BUDGET,
  TASK_ROOT_ID,
} from '../attributes.js';
import { canonicalHash } from '../canonical.js';
import { isPostableUsd, picoFromUsd } from '../money.js';
import type { CallRecord, TaskRecord } from '../optimize/call-record.js';
import { isFailedCall, readCall } from '../processor/foreign.js';
import type { TaskOutcome } from '../totals.js';
import { readInput } from '../usage/read-input.js';
import { readToolName } from '../usage/read-span.js';
import type { GivenSpan, SpanValues } from './given-spans.js';
import { meteredValues } from './metered-spans.js';
import { ReplayedSpan } from './replayed-span.js';
import { type SpanNode, spanTree } from './span-tree.js';

/** The start of the name of a span that this package adds. */
const ADDED = 'cost ';

/** A hash of a tool's arguments, for stores that keep no content. */
const ARGUMENTS_HASH = 'cost.arguments_hash';

/** For a task whose budget is known to be used up, but not which limit. */
const SOME_LIMIT = 'its budget';

/** Tasks around a task that are named. Deeper nesting is work that restarts itself. */
const MAX_AROUND = 64;

/**
 * The SDK of OpenTelemetry JS starts a span at a whole millisecond, and ends it with more digits: a call may seem to begin
 * before the one that it waited for has ended.
 */
const CLOCK_NANOS = 1_000_000n;

const OUTCOMES: readonly TaskOutcome[] = ['success', 'failure', 'cancelled'];

/** A call or task, with its span. */
export interface Found<T> {
  readonly record: T;
  readonly span: GivenSpan;
}

interface EndedCall {
  readonly span: GivenSpan;
  readonly told: GivenSpan;
  readonly end: bigint;
  readonly values: SpanValues;
  readonly loop: number;
}

/** Collects the calls and tasks of traces. */
export class PricedCalls {
  readonly tasks: Found<TaskRecord>[] = [];
  private readonly ended: EndedCall[] = [];
  private loops = 0;

  /** The calls by the time of their end, as a ledger would have booked them. */
  calls(): Found<CallRecord>[] {
    const calls = this.ended.sort((a, b) => order(a.end, b.end) || order(a.span.spanId, b.span.spanId));
    const ends = calls.map(({ end }) => end);
    const cached = cachedTools(calls);
    return calls.map(({ span, told, values, loop }, index) => ({
      span,
      record: {
        ...callFacts(told, values, cached),
        loop,
        number: index + 1,
        beganAfter: Math.min(countUntil(ends, span.start + CLOCK_NANOS), index),
      },
    }));
  }

  addTrace(spans: readonly GivenSpan[]): void {
    const nodes = spanTree(spans);
    const metered = meteredValues(nodes);
    const loops = new Map<SpanNode | undefined, number>();
    const loopAround = new NearestAround(metered, isLoop);
    const taskAround = new NearestAround(metered, isTask);
    const refused = refusedMeasures(nodes, taskAround);
    for (const node of nodes) {
      const values = metered.get(node);
      const { span } = node;
      if (values === undefined || span.end === undefined) continue;
      if (values['task.cost_usd'] !== undefined)
        this.tasks.push({ span, record: taskOf(node, metered, taskAround, refused.get(node)) });
      const told = toldBy(node, values);
      if (told === undefined) continue;
      const around = loopAround.of(node);
      const loop = loops.get(around) ?? ++this.loops;
      loops.set(around, loop);
      this.ended.push({ span, told, end: span.end, values, loop });
    }
  }
}

/**
 * The span that describes a call: the billed one, or the one that a span `cost {name}` belongs to. Undefined for costs
 * that are no call, such as what an aggregate states above its calls.
 */
function toldBy({ span, parent }: SpanNode, values: SpanValues): GivenSpan | undefined {
  const { [COST_KIND]: kind, [COST_REASON]: reason } = values;
  if (!span.name.startsWith(ADDED)) return kind === 'llm' || kind === 'tool' ? span : undefined;
  return kind === 'llm' && reason !== 'partial_statement' ? parent?.span : undefined;
}

function isLoop(values: SpanValues): boolean {
  return values['agent.cost_usd'] !== undefined || isTask(values);
}

function isTask(values: SpanValues): boolean {
  return values['task.cost_usd'] !== undefined;
}

type Metered = ReadonlyMap<SpanNode, SpanValues>;

/** Finds the nearest span around with some keys. Each span is passed once, however deep the trace. */
class NearestAround {
  private readonly known = new Map<SpanNode, SpanNode | undefined>();

  constructor(
    private readonly metered: Metered,
    private readonly matches: (values: SpanValues) => boolean,
  ) {}

  of(node: SpanNode): SpanNode | undefined {
    const passed: SpanNode[] = [];
    let at: SpanNode = node;
    let found: SpanNode | undefined;
    for (;;) {
      passed.push(at);
      const { parent } = at;
      found = parent;
      if (parent === undefined || this.matches(this.metered.get(parent) ?? NO_VALUES)) break;
      if (this.known.has(parent)) {
        found = this.known.get(parent);
        break;
      }
      at = parent;
    }
    for (const each of passed) this.known.set(each, found);
    return found;
  }
}

const NO_VALUES: SpanValues = {};

type CallFacts = Omit<CallRecord, 'loop' | 'number' | 'beganAfter'>;

function callFacts(told: GivenSpan, values: SpanValues, cached: ReadonlySet<string | undefined>): CallFacts {
  const span = new ReplayedSpan(told);
  const { model, provider, serviceTier, timeMillis, usage } = readCall(span);
  const isTool = values[COST_KIND] === 'tool';
  const name = isTool ? readToolName(told.attributes) : model;
  const usd = values[COST_USD];
  const attempt = values[COST_ATTEMPT];
  return {
    kind: isTool ? 'tool' : 'llm',
    name,
    provider,
    serviceTier,
    timeMillis,
    pico: isPostableUsd(usd) ? picoFromUsd(usd) : undefined,
    isEstimate: values[COST_STATUS] === 'estimated',
    tokens: usage?.tokens,
    failed: isFailedCall(span),
    attempt: typeof attempt === 'number' ? attempt : undefined,
    argumentsHash: isTool ? argumentsHashOf(name, told.attributes) : undefined,
    isCacheHit: isTool && cached.has(name) ? values[COST_SAVED_USD] !== undefined : undefined,
    cacheTtlSeconds: undefined,
    sessionIds: stringsOf(values[SESSION_ID]),
    taskIds: stringsOf(values[TASK_ID], values[TASK_ROOT_ID]),
  };
}

/** The tools with a cache. A span only shows that it was answered from one. */
function cachedTools(calls: readonly { span: GivenSpan; values: SpanValues }[]): Set<string | undefined> {
  const hits = calls.filter(
    ({ values }) => values[COST_KIND] === 'tool' && values[COST_SAVED_USD] !== undefined,
  );
  return new Set(hits.map(({ span }) => readToolName(span.attributes)));
}

function argumentsHashOf(name: string | undefined, attributes: SpanValues): string | undefined {
  if (name === undefined) return undefined;
  const hash = attributes[ARGUMENTS_HASH];
  if (typeof hash === 'string') return `${name} ${hash}`;
  const input = readInput('tool', attributes);
  return input === undefined ? undefined : canonicalHash(name, input);
}

function taskOf(
  node: SpanNode,
  metered: Metered,
  taskAround: NearestAround,
  refused: ReadonlySet<string> | undefined,
): TaskRecord {
  const { span } = node;
  const values = metered.get(node) ?? NO_VALUES;
  const [name = span.name] = stringsOf(values[TASK_NAME]);
  const rootIds = stringsOf(values[TASK_ROOT_ID]);
  const aroundIds = new Set(rootIds);
  let around = taskAround.of(node);
  for (; around !== undefined && aroundIds.size < MAX_AROUND; around = taskAround.of(around))
    aroundIds.add(taskIdOf(around, metered));
  return {
    id: taskIdOf(node, metered),
    name,
    sessionIds: stringsOf(values[SESSION_ID]),
    isOutermost: rootIds.length === 0,
    aroundIds: [...aroundIds],
    outcome: OUTCOMES.find((outcome) => outcome === values[TASK_OUTCOME]),
    costUsd: amountOf(values['task.cost_usd']),
    steps: amountOf(values['task.steps']),
    limitsReached: limitsOf(values, refused),
  };
}

function taskIdOf(node: SpanNode, metered: Metered): string {
  const [id = node.span.spanId] = stringsOf(metered.get(node)?.[TASK_ID]);
  return id;
}

/** The limits of a task that a span shows: the one in dollars, and those that refused a call. */
function limitsOf(values: SpanValues, refused: ReadonlySet<string> = new Set()): string[] {
  if (values[TASK_OVER_BUDGET] !== true) return [];
  const budget = values[TASK_BUDGET_USD];
  const isSpent = typeof budget === 'number' && amountOf(values['task.cost_usd']) >= budget;
  const limits = new Set([...(isSpent ? ['usd'] : []), ...refused]);
  return limits.size === 0 ? [SOME_LIMIT] : [...limits];
}

/** The measures whose limits refused a call, by the nearest task around the call. */
function refusedMeasures(nodes: readonly SpanNode[], taskAround: NearestAround): Map<SpanNode, Set<string>> {
  const refused = new Map<SpanNode, Set<string>>();
  for (const node of nodes) {
    const { [BUDGET_MEASURE]: measure, [BUDGET_SCOPE]: scope } = node.span.attributes;
    if (typeof measure !== 'string' || scope !== 'task') continue;
    const task = taskAround.of(node);
    if (task !== undefined) refused.set(task, (refused.get(task) ?? new Set()).add(measure));
  }
  return refused;
}

function stringsOf(...values: unknown[]): string[] {
  return values.filter((value) => typeof value === 'string');
}

function amountOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}

function order<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The number of sorted times that are not after a time. */
function countUntil(times: readonly bigint[], time: bigint): number {
  let from = 0;
  let to = times.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((times[middle] ?? 0n) <= time) from = middle + 1;
    else to = middle;
  }
  return from;
}

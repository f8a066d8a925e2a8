import { trace } from '@opentelemetry/api';
import { unknownOption } from '../action.js';
import type { CostKind } from '../ledger/account.js';
import { isPostableUsd, picoFromUsd } from '../money.js';
import { activeContext } from '../otel.js';
import { chargeOnChild } from '../pipeline/child-cost.js';
import { currentRuntime } from '../runtime/runtime.js';
import { type Amount, Bill } from '../spans/bill.js';
import { recordIn } from '../spans/record-lookup.js';
import { isInDeclaredTask } from '../spans/task.js';
import { isRecord, show } from '../validate.js';
import { warnOnce } from '../warnings.js';
import { LlmCall } from './llm-call.js';
import type { RecordedUsage } from './llm-options.js';

export interface CostOptionsOfRecord {
  /** The kind of cost. Default `other`. */
  kind?: CostKind;
  /** What to call it, low-cardinality: the span is `cost {name}`. Default: the kind. */
  name?: string;
}

const OPTIONS = Object.keys({ kind: 1, name: 1 } satisfies Record<keyof CostOptionsOfRecord, 1>);
const KINDS: ReadonlySet<unknown> = new Set<CostKind>([
  'llm',
  'tool',
  'compute',
  'storage',
  'network',
  'other',
]);

/**
 * Bills anything else: a vector search, a payment, a unit of compute. Always adds. `costUsd` is from 0 to 1,000,000;
 * any other amount, an unknown kind or an unknown option is refused, flagged, and makes the totals incomplete. Never
 * throws.
 */
export function recordCost(costUsd: number, options: CostOptionsOfRecord = {}): void {
  const runtime = currentRuntime();
  runtime.guard(() => {
    const { kind, name, mistake } = readOptions(options);
    const ctx = activeContext();
    const parent = recordIn(ctx);
    if (!isInDeclaredTask(parent?.task)) runtime.callsOutside += 1;
    const parentSpan = trace.getSpan(ctx);
    const bill = new Bill(kind, mistake === undefined ? amount(costUsd) : refused(mistake));
    bill.name = name;
    if (bill.pico === undefined) {
      runtime.stats.refusedAmounts += 1;
      warnOnce('a cost given to recordCost is refused', bill.anomaly);
    } else if (parent?.leaf?.kind === kind && parent.leaf.addCost(bill.pico)) return;
    chargeOnChild(runtime, parent, parentSpan, name, bill);
  });
}

/** Records an LLM call's usage: for the innermost open `withLlm`, else as a call of its own. Never throws. */
export function recordUsage(usage: RecordedUsage | object): void {
  const runtime = currentRuntime();
  runtime.guard(() => {
    const taker = recordIn(activeContext())?.usageTaker;
    if (taker?.open) {
      taker.recordUsage(usage);
      return;
    }
    const { model, provider }: RecordedUsage = isRecord(usage) ? usage : {};
    const call = new LlmCall({
      ...(typeof model === 'string' && { model }),
      ...(typeof provider === 'string' && { provider }),
    });
    call.recordUsage(usage);
    call.returned(undefined);
  });
}

interface ReadOptions {
  kind: CostKind;
  name: string;
  /** Why the cost is refused. */
  mistake?: string;
}

/** Options that cannot be read at all say nothing: the cost is billed as `other`. */
function readOptions(given: CostOptionsOfRecord): ReadOptions {
  try {
    if (!isRecord(given)) {
      if ((given ?? undefined) !== undefined)
        warnOnce(`options of recordCost must be an object, got ${show(given)}`);
      return { kind: 'other', name: 'other' };
    }
    const mistake = unknownOption(given, OPTIONS);
    const kind: unknown = given.kind ?? 'other';
    const named = typeof given.name === 'string' && given.name !== '' ? given.name : undefined;
    if (mistake !== undefined) return { kind: 'other', name: named ?? 'other', mistake };
    if (isKind(kind)) return { kind, name: named ?? kind };
    const known = `known are ${[...KINDS].join(', ')}`;
    return { kind: 'other', name: named ?? 'other', mistake: `unknown kind ${show(kind)}; ${known}` };
  } catch {
    return { kind: 'other', name: 'other' };
  }
}

function isKind(value: unknown): value is CostKind {
  return KINDS.has(value);
}

function amount(costUsd: unknown): Amount {
  if (isPostableUsd(costUsd)) {
    return { pico: picoFromUsd(costUsd), source: 'declared', status: costUsd === 0 ? 'free' : undefined };
  }
  return refused(typeof costUsd === 'number' || costUsd === undefined ? `${costUsd}` : `a ${typeof costUsd}`);
}

function refused(why: string): Amount {
  const anomaly = `recorded cost refused: ${why}`;
  return { pico: undefined, source: 'unpriced:refused-amount', status: 'unpriced', anomaly };
}

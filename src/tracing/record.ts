import { trace } from '@opentelemetry/api';
import type { CostKind } from '../ledger/account.js';
import { isPostableUsd, picoFromUsd } from '../money.js';
import { activeContext } from '../otel.js';
import { isRecord } from '../validate.js';
import { type Amount, Bill } from './bill.js';
import { usable } from './call-options.js';
import { chargeOnChild } from './child-cost.js';
import { LlmCall } from './llm-call.js';
import type { RecordedUsage } from './llm-options.js';
import { currentMeter } from './meter.js';
import { linkIn } from './span-link.js';

export interface CostOptionsOfRecord {
  /** What it was for. Default `other`. */
  kind?: CostKind;
  /** What to call it, low-cardinality: the span is `cost {name}`. Default: the kind. */
  name?: string;
}

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
 * anything else is refused, flagged, and makes the totals incomplete. Never throws.
 */
export function recordCost(costUsd: number, options: CostOptionsOfRecord = {}): void {
  const meter = currentMeter();
  meter.guard(() => {
    const { kind, name } = readOptions(options);
    const ctx = activeContext();
    const parent = linkIn(ctx);
    const parentSpan = trace.getSpan(ctx);
    const bill = new Bill(kind, amount(costUsd));
    if (bill.pico === undefined) meter.stats.refusedAmounts += 1;
    else if (parent?.leaf?.kind === kind && parent.leaf.addCost(bill.pico)) return;
    chargeOnChild(meter, parent, parentSpan, name, bill);
  });
}

/** Records an LLM call's usage: for the innermost open `withLlm`, else as a call of its own. Never throws. */
export function recordUsage(usage: RecordedUsage | object): void {
  const meter = currentMeter();
  meter.guard(() => {
    const taker = linkIn(activeContext())?.usageTaker;
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

/** Whatever is wrong with the options, the cost is billed. */
function readOptions(given: CostOptionsOfRecord): { kind: CostKind; name: string } {
  try {
    const { kind = 'other', name } = usable(given);
    const known = KINDS.has(kind) ? kind : 'other';
    return { kind: known, name: name ?? known };
  } catch {
    return { kind: 'other', name: 'other' };
  }
}

function amount(costUsd: unknown): Amount {
  if (isPostableUsd(costUsd)) {
    return { pico: picoFromUsd(costUsd), source: 'declared', status: costUsd === 0 ? 'free' : undefined };
  }
  const anomaly = `recorded cost refused: ${typeof costUsd === 'number' ? costUsd : `a ${typeof costUsd}`}`;
  return { pico: undefined, source: 'unpriced:refused-amount', status: 'unpriced', anomaly };
}

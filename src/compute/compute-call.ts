import { SpanKind } from '@opentelemetry/api';
import { InvalidOptionError } from '../errors.js';
import { picoFromUsd } from '../money.js';
import { chargeMoney } from '../pipeline/charge.js';
import type { Runtime } from '../runtime/runtime.js';
import { type Amount, Bill } from '../spans/bill.js';
import { isRecord } from '../validate.js';
import { warnOnce } from '../warnings.js';
import { Call, type Ending } from '../wrappers/call.js';
import { type CpuShare, processCpu } from './cpu-clock.js';
import { type ComputePlan, type ComputeUse, checkPlan, usedBy } from './plan.js';
import { type ComputeAmounts, type ComputeRates, priceAmounts } from './rates.js';

const MILLIS_PER_SECOND = 1000;
const MICROS_PER_SECOND = 1e6;

/** The plan of a call. Invalid options make the call unpriced, because nothing may throw at this point. */
export type PlanOrMistake = ComputePlan | { readonly name: string; readonly mistake: string };

export function readPlan(path: string, options: unknown): PlanOrMistake {
  try {
    return checkPlan(path, options);
  } catch (error) {
    const mistake = error instanceof InvalidOptionError ? error.message : `${path} threw when it was read`;
    warnOnce(mistake);
    return { name: nameIn(options), mistake };
  }
}

function nameIn(options: unknown): string {
  try {
    return isRecord(options) && typeof options.name === 'string' && options.name !== ''
      ? options.name
      : 'unnamed';
  } catch {
    return 'unnamed';
  }
}

/** Work that is billed for the compute it uses, from its start to its end. */
export class ComputeCall extends Call {
  private readonly timeMillis = Date.now();
  // Not the wall clock, which may jump.
  private readonly startMillis = performance.now();
  private readonly cpu: CpuShare | undefined;

  constructor(private readonly plan: PlanOrMistake) {
    super();
    this.begin(`compute ${plan.name}`, SpanKind.INTERNAL, {});
    this.cpu = 'rates' in plan && plan.measuresCpu ? processCpu.begin() : undefined;
  }

  protected settle(ending: Ending): void {
    const { runtime, plan } = this;
    const wallSeconds = (performance.now() - this.startMillis) / MILLIS_PER_SECOND;
    const use = 'rates' in plan ? usedBy(plan, wallSeconds, this.cpu?.end()) : undefined;
    const bill = computeBill(runtime, plan, use);
    bill.isOfFailedCall = ending.how === 'threw';
    bill.subject = { timeMillis: this.timeMillis };
    chargeMoney(runtime, this.record, this.span, bill);
  }

  protected override afterEnd(): void {
    // Open shares make the others smaller, so this one is closed whatever happened before.
    this.cpu?.end();
  }
}

function computeBill(runtime: Runtime, plan: PlanOrMistake, use: ComputeUse | undefined): Bill {
  if (!('rates' in plan) || use === undefined) {
    runtime.stats.refusedAmounts += 1;
    const anomaly = 'mistake' in plan ? plan.mistake : undefined;
    return new Bill('compute', {
      pico: undefined,
      status: 'unpriced',
      reason: 'bad_amount',
      anomaly,
    });
  }
  return billOf(runtime, plan.rates, use.amounts, use.seconds);
}

/** The bill for amounts at given rates. `seconds` is the compute time to report. */
export function billOf(
  runtime: Runtime,
  rates: ComputeRates,
  amounts: ComputeAmounts,
  seconds: number,
): Bill {
  const usd = priceAmounts(rates, amounts);
  if (typeof usd === 'string') runtime.stats.refusedAmounts += 1;
  const bill = new Bill('compute', declared(usd));
  if (Number.isFinite(seconds) && seconds > 0) bill.computeMicros = Math.round(seconds * MICROS_PER_SECOND);
  return bill;
}

function declared(usd: number | string): Amount {
  if (typeof usd === 'number')
    return { pico: picoFromUsd(usd), source: 'declared', status: usd === 0 ? 'free' : undefined };
  return { pico: undefined, status: 'unpriced', reason: 'bad_amount', anomaly: usd };
}

/** Trees of calls that begin and end in any order under nested budgets, without spans, to hold the engine to its rule. */
import fc from 'fast-check';
import type { Posting } from '../../../src/ledger/account.js';
import { Account } from '../../../src/ledger/account.js';
import { Budget } from '../../../src/ledger/budget.js';
import { readBudget } from '../../../src/ledger/budget-terms.js';
import type { Demand } from '../../../src/ledger/measures.js';
import { Refusal, Reservation } from '../../../src/ledger/reservation.js';
import { reserve } from '../../../src/ledger/room.js';

export interface SimulatedCall {
  /** Which of the budgets are around it, by place. */
  budgets: number[];
  estimatePico: number | undefined;
  costPico: number;
  /** The call around it, as a place among those in flight when it begins; none when that is out of range. */
  inside: number;
  /** After it began, how many calls in flight end, and which. */
  ends: number[];
}

export interface Simulation {
  limitsUsd: number[];
  calls: SimulatedCall[];
}

const amount = fc.integer({ min: 0, max: 50_000_000_000 });
const LEVELS = 3;

export const simulations: fc.Arbitrary<Simulation> = fc.record({
  limitsUsd: fc.array(
    fc.integer({ min: 0, max: 30 }).map((cents) => cents / 100),
    {
      minLength: LEVELS,
      maxLength: LEVELS,
    },
  ),
  calls: fc.array(
    fc.record({
      budgets: fc.subarray([...Array(LEVELS).keys()], { minLength: 1 }),
      estimatePico: fc.oneof(amount, fc.constantFrom(undefined, Number.NaN, -1, Number.POSITIVE_INFINITY)),
      costPico: amount,
      inside: fc.nat({ max: 8 }),
      ends: fc.array(fc.nat({ max: 8 }), { maxLength: 3 }),
    }),
    { maxLength: 60 },
  ),
});

export interface InFlight {
  call: SimulatedCall;
  reservation: Reservation;
  /** Itself and every call around it. */
  chain: readonly SimulatedCall[];
}

export interface Step {
  call: SimulatedCall;
  /** The calls around it, nearest first. */
  around: readonly SimulatedCall[];
  refusal: Refusal | undefined;
}

/** Runs the calls, and tells about each one after it was let in or refused. */
export class Runner {
  readonly budgets: Budget[];
  readonly inFlight: InFlight[] = [];
  /** What the calls that were let in and have ended cost, by budget. */
  readonly costPico: bigint[];

  constructor(
    simulation: Simulation,
    private readonly check: (step: Step, runner: Runner) => void,
  ) {
    this.budgets = simulation.limitsUsd.map((budgetUsd, at) => budgetOf(budgetUsd, `level ${at}`));
    this.costPico = this.budgets.map(() => 0n);
  }

  run(calls: readonly SimulatedCall[]): void {
    for (const call of calls) {
      this.begin(call);
      for (const place of call.ends) this.end(place);
    }
    while (this.inFlight.length > 0) this.end(this.inFlight.length - 1);
  }

  private begin(given: SimulatedCall): void {
    const around = this.inFlight[given.inside];
    // What a call is inside of, it shares the budgets of.
    const call = { ...given, budgets: [...new Set([...given.budgets, ...(around?.call.budgets ?? [])])] };
    const outcome = reserve({
      budgets: call.budgets.flatMap((at) => this.budgets[at] ?? []),
      demand: () => demandOf(call.estimatePico),
      around: around?.reservation,
    });
    const chain = around?.chain ?? [];
    if (outcome instanceof Reservation)
      this.inFlight.push({ call, reservation: outcome, chain: [call, ...chain] });
    this.check({ call, around: chain, refusal: outcome instanceof Refusal ? outcome : undefined }, this);
  }

  private end(place: number): void {
    const [ended] = this.inFlight.splice(place, 1);
    if (ended === undefined) return;
    for (const at of ended.call.budgets) {
      this.budgets[at]?.account.add(postingOf(ended.call.costPico), 0);
      this.costPico[at] = (this.costPico[at] ?? 0n) + BigInt(ended.call.costPico);
    }
    ended.reservation.release();
    ended.reservation.release();
  }
}

export function isKnown(estimatePico: number | undefined): estimatePico is number {
  return estimatePico !== undefined && estimatePico >= 0 && Number.isFinite(estimatePico);
}

/** The demand of a tool call with a declared price. */
export function demandOf(pico: number | undefined): Demand {
  return {
    kind: 'tool',
    isBillable: true,
    hasPrice: true,
    pico,
    tokens: undefined,
    firmPico: pico,
    firmTokens: undefined,
    steps: 0,
  };
}

export function budgetOf(budgetUsd: number, name = 'test', more: object = {}): Budget {
  const terms = readBudget('test', { budgetUsd, budget: more });
  if (terms === undefined) throw new Error('there is a limit');
  return new Budget({ kind: 'task', name }, new Account(), terms);
}

export function postingOf(pico: number, more: Partial<Posting> = {}): Posting {
  return {
    kind: 'tool',
    pico,
    tokens: undefined,
    llmCalls: 0,
    toolCalls: 1,
    failedCalls: 0,
    retries: 0,
    unpricedCalls: 0,
    wastedPico: 0,
    savedPico: 0,
    ...more,
  };
}

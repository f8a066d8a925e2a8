/**
 * A model of budgets beside the real ones: plain sums of bills and holds by day, kept by the commands themselves. Money is
 * in whole cents, the scopes are a session (limits are set again, evicted), a user (a table that evicts) and a task.
 */
import fc from 'fast-check';
import { expect, vi } from 'vitest';
import { Account } from '../../../src/ledger/account.js';
import { Budget } from '../../../src/ledger/budget.js';
import { BudgetTable } from '../../../src/ledger/budget-table.js';
import { ALL_MEASURES, type BudgetTerms, readTerms } from '../../../src/ledger/budget-terms.js';
import { type Demand, Use } from '../../../src/ledger/measures.js';
import { Refusal, type Reservation } from '../../../src/ledger/reservation.js';
import type { Request } from '../../../src/ledger/room.js';
import { Sessions } from '../../../src/ledger/sessions.js';
import { reserveOrWait } from '../../../src/ledger/waiting.js';
import { postingOf } from './simulation.js';

const CENT = 10_000_000_000;
const PICO_PER_CENT = BigInt(CENT);

type Estimate = { how: 'firm' | 'learned'; cents: number } | { how: 'none' };

export type Command =
  | { do: 'begin'; inner: boolean; estimate: Estimate; isPromise: boolean; inside: number }
  | { do: 'end'; at: number; how: 'known' | 'unknown' | 'part'; cents: number }
  | { do: 'give up'; at: number }
  | { do: 'late'; at: number; cents: number }
  | { do: 'bill'; cents: number }
  | {
      do: 'limit';
      limits: { usd?: number; day?: number; toolUsd?: number };
      mode: 'refuse' | 'abort' | 'observe';
    }
  | { do: 'evict' }
  | { do: 'pass'; millis: number };

const cents = fc.integer({ min: 0, max: 12 });
const limit = fc.integer({ min: 0, max: 90 });
const HOUR = 3_600_000;

export const commands: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('begin' as const),
        inner: fc.boolean(),
        estimate: fc.oneof(
          fc.record({ how: fc.constantFrom('firm' as const, 'learned' as const), cents }),
          fc.constant<Estimate>({ how: 'none' }),
        ),
        isPromise: fc.boolean(),
        inside: fc.nat({ max: 12 }),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('end' as const),
        at: fc.nat({ max: 4 }),
        how: fc.constantFrom('known' as const, 'known' as const, 'unknown' as const, 'part' as const),
        cents,
      }),
    },
    fc.record({ do: fc.constant('give up' as const), at: fc.nat({ max: 4 }) }),
    fc.record({ do: fc.constant('late' as const), at: fc.nat({ max: 4 }), cents }),
    fc.record({ do: fc.constant('bill' as const), cents: fc.integer({ min: 0, max: 10 }) }),
    fc.record({
      do: fc.constant('limit' as const),
      limits: fc.oneof(
        fc.record({ usd: limit }),
        fc.record({ day: limit }),
        fc.record({ toolUsd: limit }),
        fc.record({ usd: limit, day: limit }),
      ),
      mode: fc.constantFrom('refuse' as const, 'refuse' as const, 'abort' as const, 'observe' as const),
    }),
    fc.record({ do: fc.constant('evict' as const) }),
    fc.record({
      do: fc.constant('pass' as const),
      millis: fc.constantFrom(1, 1000, 60_000, 700_000, 7 * HOUR, 13 * HOUR),
    }),
  ),
  { minLength: 10, maxLength: 60, size: 'max' },
);

/** A call as the model sees it. */
interface Call {
  estimate: Estimate;
  scopes: Scope[];
  around: Call | undefined;
  reservation: Reservation | undefined;
  outcome: Refusal | undefined;
  /** For each scope, the day from which it counts in a limit by day. */
  days: Map<Scope, string>;
  keptCents: number;
  isOver: boolean;
}

/** One scope: its bills and what is kept, each with its day. */
class Scope {
  bills: { cents: number; day: string }[] = [];
  kept: { call: Call; day: string }[] = [];
  hasDayLimit = false;

  constructor(
    readonly name: string,
    readonly budget: () => Budget,
  ) {}

  /** Cents that count in a limit: over its whole life, or in a day. */
  spent(day: string | undefined): number {
    let sum = 0;
    for (const bill of this.bills) if (day === undefined || bill.day === day) sum += bill.cents;
    for (const { call, day: of } of this.kept) if (day === undefined || of === day) sum += call.keptCents;
    return sum;
  }
}

export class Model {
  readonly calls: Call[] = [];
  admitted = 0;
  refused = 0;
  waited = 0;
  private readonly errors: unknown[] = [];
  private readonly sessions = new Sessions(1);
  private readonly users: BudgetTable;
  private readonly scopes: Scope[];
  private readonly task: Budget;

  constructor() {
    const terms = readTerms('budget', { usd: 0.6 }, ALL_MEASURES);
    this.users = new BudgetTable(
      'user',
      readTerms('budget', { usd: { day: 0.5, total: 2 } }, ALL_MEASURES),
      1,
    );
    const account = new Account();
    this.task = new Budget(
      { kind: 'task', name: 't' },
      account,
      readTerms('budget', { usd: 0.4 }, ALL_MEASURES),
    );
    const session = (): Budget => {
      const found = this.sessions.enter('s');
      if (found.budget === undefined) found.limitTo(this.sessionTerms);
      if (found.budget === undefined) throw new Error('it has a budget');
      return found.budget;
    };
    this.sessionTerms = terms;
    const user = new Scope('user', () => this.users.enter('ann'));
    user.hasDayLimit = true;
    this.scopes = [new Scope('session', session), user, new Scope('task', () => this.task)];
  }

  private sessionTerms: BudgetTerms;

  async run(command: Command): Promise<void> {
    switch (command.do) {
      case 'begin':
        await this.begin(command);
        break;
      case 'end':
        this.end(command);
        break;
      case 'give up':
        this.giveUp(command.at);
        break;
      case 'late':
        this.late(command);
        break;
      case 'bill':
        this.bill(command.cents);
        break;
      case 'limit':
        this.setLimit(command);
        break;
      case 'evict':
        this.evict();
        break;
      case 'pass':
        await vi.advanceTimersByTimeAsync(command.millis);
    }
    await this.flush();
    this.check();
  }

  /** Ends everything that runs, and lets all waits end. */
  async finish(): Promise<void> {
    for (let round = 0; round < 1000 && this.calls.some(({ isOver }) => !isOver); round++) {
      for (const call of this.calls) {
        if (call.isOver || call.reservation === undefined) continue;
        this.settle(call, 'known', 1);
        // What is let in now is judged by the sums of now.
        await this.flush();
      }
      await vi.advanceTimersByTimeAsync(1000);
      this.check();
    }
    expect(this.calls.every(({ isOver }) => isOver)).toBe(true);
    for (const { budget } of this.scopes) {
      expect([budget().holds.size, budget().line.size]).toEqual([0, 0]);
      for (const each of budget().limits) {
        const { reserved, holders, alone } = budget().periodOf(each);
        expect([reserved.isZero, holders.of('usd'), alone.of('usd')]).toEqual([true, 0, 0]);
      }
    }
  }

  private async begin({
    inner,
    estimate,
    isPromise,
    inside,
  }: Extract<Command, { do: 'begin' }>): Promise<void> {
    const running = this.running();
    const around = running[inside];
    const scopes = around?.scopes ?? (inner ? this.scopes : this.scopes.slice(0, 2));
    const call: Call = {
      estimate,
      scopes,
      around,
      reservation: undefined,
      outcome: undefined,
      days: new Map(),
      keptCents: 0,
      isOver: false,
    };
    this.calls.push(call);
    const request: Request = {
      budgets: scopes.map(({ budget }) => budget()),
      demand: () => demandFor(estimate),
      around: around?.reservation,
      canWait: isPromise,
    };
    const outcome = reserveOrWait(request);
    if (outcome instanceof Promise)
      outcome.then((late) => this.note(call, late, isPromise)).catch((error) => this.errors.push(error));
    else this.note(call, outcome, isPromise);
    await this.flush();
  }

  /** A call has been let in or refused. Called as soon as it is known, so that the sums are those of the decision. */
  private note(call: Call, outcome: Reservation | Refusal, isPromise: boolean): void {
    if (outcome instanceof Refusal) {
      call.outcome = outcome;
      call.isOver = true;
      this.refused += 1;
      this.checkRefusal(call, outcome, isPromise);
      return;
    }
    call.reservation = outcome;
    this.admitted += 1;
    for (const scope of call.scopes) call.days.set(scope, today());
    this.checkAdmission(call);
  }

  /** The stated bound: a call is let in only where what is spent and what is reserved leave room for its estimate. */
  private checkAdmission(call: Call): void {
    for (const scope of call.scopes) {
      const budget = scope.budget();
      if (!budget.isEnforced) continue;
      for (const { most, window } of budget.limits) {
        const day = window === 'day' ? today() : undefined;
        const spent = BigInt(scope.spent(day)) * PICO_PER_CENT;
        expect(spent < most, `${scope.name}: the limit is not reached`).toBe(true);
        if (call.estimate.how !== 'firm') continue;
        let reserved = 0n;
        for (const other of this.running()) {
          const counts = other.scopes.includes(scope) && (day === undefined || other.days.get(scope) === day);
          if (counts && other.estimate.how === 'firm')
            reserved += BigInt(other.estimate.cents) * PICO_PER_CENT;
        }
        expect(spent + reserved <= most, `${scope.name}: the firm estimates fit`).toBe(true);
      }
    }
  }

  /** A learned estimate, or none, is refused only for a limit that is reached, for want of a wait, or after it. */
  private checkRefusal(call: Call, refusal: Refusal, isPromise: boolean): void {
    if (refusal.mayClear && refusal.isForWantOfEstimate) {
      expect(isPromise && refusal.wait === undefined).toBe(false);
    }
    // A call with a firm estimate that finds no room when it is looked at again is refused then.
    if (refusal.wait !== undefined && refusal.isForWantOfEstimate) {
      this.waited += 1;
      expect(refusal.wait.waitedMillis).toBeGreaterThanOrEqual(599_000);
    }
    if (refusal.mayClear || call.estimate.how === 'firm') return;
    const { limit: reached, budget } = refusal;
    expect(
      budget.spent(reached) >= reached.most,
      `${refusal.error().message} ${JSON.stringify(call.estimate)}`,
    ).toBe(true);
  }

  private end({ at, how, cents: amount }: Extract<Command, { do: 'end' }>): void {
    const call = this.running()[at];
    // A call ends after the calls inside it.
    if (call !== undefined && !this.calls.some(({ around, isOver }) => around === call && !isOver)) {
      this.settle(call, how, amount);
    }
  }

  private settle(call: Call, how: 'known' | 'unknown' | 'part', amount: number): void {
    const { reservation } = call;
    if (reservation === undefined) return;
    call.isOver = true;
    const posted = how === 'unknown' ? 0 : amount;
    this.post(call, posted);
    if (how === 'known') {
      reservation.release();
      return;
    }
    const use = new Use();
    use.toolPico = posted * CENT;
    use.toolCalls = 1;
    reservation.keep(use);
    this.keep(call, posted);
  }

  private keep(call: Call, posted: number): void {
    call.keptCents = call.estimate.how === 'none' ? 0 : Math.max(0, call.estimate.cents - posted);
    for (const scope of call.scopes) scope.kept.push({ call, day: call.days.get(scope) ?? today() });
  }

  private giveUp(at: number): void {
    const call = this.running()[at];
    if (call === undefined || this.calls.some(({ around, isOver }) => around === call && !isOver)) return;
    call.isOver = true;
    call.reservation?.keep();
    this.keep(call, 0);
  }

  private late({ at, cents: amount }: Extract<Command, { do: 'late' }>): void {
    const call = this.calls.filter(({ keptCents }) => keptCents > 0)[at];
    // What was evicted in the meantime does not know the call any more.
    if (
      call === undefined ||
      call.scopes.some((scope) => scope.budget() !== call.reservation?.budgets[call.scopes.indexOf(scope)])
    )
      return;
    call.reservation?.dropKept();
    this.post(call, amount);
    call.reservation?.release();
    for (const scope of call.scopes) scope.kept = scope.kept.filter((kept) => kept.call !== call);
    call.keptCents = 0;
  }

  private post(call: Call, amount: number): void {
    const posting = postingOf(amount * CENT);
    for (const scope of call.scopes) {
      const budget = scope.budget();
      budget.account.add(posting, 0);
      budget.bookWhereReserved(posting, call.reservation?.holdIn(budget));
      budget.review();
      scope.bills.push({ cents: amount, day: call.days.get(scope) ?? today() });
    }
  }

  private bill(amount: number): void {
    const posting = postingOf(amount * CENT);
    for (const scope of this.scopes) {
      const budget = scope.budget();
      budget.account.add(posting, 0);
      budget.bookWhereReserved(posting, undefined);
      budget.review();
      scope.bills.push({ cents: amount, day: today() });
    }
  }

  private setLimit({ limits, mode }: Extract<Command, { do: 'limit' }>): void {
    const { usd, day, toolUsd } = limits;
    const usdLimits =
      day === undefined
        ? usd !== undefined && usd / 100
        : { day: day / 100, ...(usd !== undefined && { total: usd / 100 }) };
    const options = {
      mode,
      ...(usdLimits !== false && { usd: usdLimits }),
      ...(toolUsd !== undefined && { toolUsd: toolUsd / 100 }),
    };
    const [session] = this.scopes;
    if (session === undefined) return;
    const budget = session.budget();
    this.sessionTerms = readTerms('budget', options, ALL_MEASURES);
    this.sessions.enter('s').limitTo(this.sessionTerms);
    expect(session.budget()).toBe(budget);
    const hasDay = day !== undefined;
    // A limit by day that is new counts everything so far.
    if (hasDay && !session.hasDayLimit) this.countAllToday(session);
    // Its periods go on when the limit is gone.
    session.hasDayLimit ||= hasDay;
  }

  private countAllToday(scope: Scope): void {
    const day = today();
    scope.bills = scope.bills.map((bill) => ({ ...bill, day }));
    scope.kept = scope.kept.map((kept) => ({ ...kept, day }));
    for (const call of this.calls) if (call.days.has(scope)) call.days.set(scope, day);
  }

  private evict(): void {
    for (const other of ['x', 'y', 'z']) {
      this.sessions.enter(other);
      this.users.enter(other);
    }
  }

  private running(): Call[] {
    return this.calls.filter(({ reservation, isOver }) => reservation !== undefined && !isOver);
  }

  private async flush(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    await vi.advanceTimersByTimeAsync(0);
  }

  /** The real sums are those of the model. */
  private check(): void {
    for (const error of this.errors) throw error;
    for (const scope of this.scopes) {
      const budget = scope.budget();
      for (const each of budget.limits) {
        const expected = BigInt(scope.spent(each.window === 'day' ? today() : undefined)) * PICO_PER_CENT;
        expect(BigInt(budget.spent(each)), `spent in ${scope.name} per ${each.window}`).toBe(expected);
      }
    }
  }
}

function today(): string {
  return new Date().toISOString().slice(0, '2026-11-29'.length);
}

function demandFor(estimate: Estimate): Demand {
  const pico = estimate.how === 'none' ? undefined : estimate.cents * CENT;
  return {
    kind: 'tool',
    isBillable: true,
    hasPrice: true,
    pico,
    tokens: undefined,
    firmPico: estimate.how === 'firm' ? pico : undefined,
    firmTokens: undefined,
    steps: 0,
  };
}

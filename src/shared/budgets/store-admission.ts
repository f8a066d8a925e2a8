/** Reserves for one call in all shared budgets around it, or in none, and waits for room where the budget allows it. */
import type { Limit } from '../../ledger/limit.js';
import { Refusal, type Reservation } from '../../ledger/reservation.js';
import type { Request } from '../../ledger/room.js';
import type { InLine } from '../../ledger/waiting-line.js';
import { INTERNAL_ERROR, warnOnce } from '../../warnings.js';
import type { SharedBudget } from './shared-budget.js';
import type { StoreRequest } from './store-reserve.js';

/** The same as in one process: the default timeout of the OpenAI and Anthropic clients. */
const DEFAULT_WAIT_MILLIS = 600_000;

/** The first and the longest pause between two questions. Calls of other processes do not wake this one when they end. */
const FIRST_PAUSE_MILLIS = 10;
const MAX_PAUSE_MILLIS = 1000;

export class StoreAdmission implements InLine {
  /** It waits for the store, and not for a line in this process. */
  readonly blockedIn = undefined;
  private readonly startMillis = performance.now();
  private pauseMillis = FIRST_PAUSE_MILLIS;
  private wakeUp: (() => void) | undefined;
  private isInLine = false;

  constructor(
    private readonly request: Request,
    private readonly reservation: Reservation,
    /** Those that can refuse the call, in the order in which all processes reserve in them. */
    private readonly parts: readonly StoreRequest[],
    private readonly downReason: () => string,
  ) {}

  /** Never rejects. */
  async run(): Promise<Reservation | Refusal> {
    try {
      return await this.decide();
    } catch (error) {
      // An error in this package must not stop the app's work.
      warnOnce(INTERNAL_ERROR, error);
      return this.reservation;
    } finally {
      this.leaveLine();
    }
  }

  private async decide(): Promise<Reservation | Refusal> {
    for (;;) {
      const refusal = (await this.reserveAll()) ?? undefined;
      if (refusal === undefined) return this.reservation;
      const leftMillis = this.leftMillis(refusal);
      if (leftMillis <= 0) return this.refuse(refusal);
      // Nothing is held while it waits, so two calls that wait for each other's budgets cannot block each other.
      for (const part of this.parts) part.giveBack();
      await this.pause(refusal, leftMillis);
      const reached = this.reachedHere();
      if (reached !== undefined) return this.refuse(reached);
    }
  }

  private async reserveAll(): Promise<Refusal | undefined> {
    for (const part of this.parts) {
      const verdict = await part.reserve();
      if (verdict === 'held') continue;
      if (verdict !== 'down') return verdict;
      const { policy, budget } = part.shared;
      this.reservation.onStoreDown = policy;
      if (policy === 'refuse') return Refusal.storeDown(budget, this.downReason());
    }
    return undefined;
  }

  private refuse(refusal: Refusal): Refusal {
    const waitedMillis = Math.round(performance.now() - this.startMillis);
    if (this.isInLine && refusal.mayClear) refusal.wait = { waitedMillis, waitedFor: undefined };
    // Gives back what the store holds, too.
    this.reservation.release();
    return refusal;
  }

  /** How long it may still wait, in ms. */
  private leftMillis({ mayClear, isForWantOfEstimate, budget }: Refusal): number {
    if (!mayClear) return 0;
    const patience = budget.terms.reserveTimeoutMillis ?? (isForWantOfEstimate ? DEFAULT_WAIT_MILLIS : 0);
    let leftMillis = this.startMillis + patience - performance.now();
    for (const around of this.request.budgets) {
      if (around.isEnforced) leftMillis = Math.min(leftMillis, around.timeLeftMillis);
    }
    return leftMillis;
  }

  /** The timer keeps the process alive: a script that ended would silently lose the call. */
  private async pause({ budget }: Refusal, leftMillis: number): Promise<void> {
    this.joinLine();
    const shared = this.parts.find((part) => part.shared.budget === budget)?.shared;
    const millis = Math.min(this.pauseMillis * (0.5 + Math.random()), leftMillis + 1);
    this.pauseMillis = Math.min(this.pauseMillis * 2, MAX_PAUSE_MILLIS);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, millis);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
      shared?.waiters.add(this.wakeUp);
    });
    if (this.wakeUp !== undefined) shared?.waiters.delete(this.wakeUp);
    this.wakeUp = undefined;
  }

  /** A limit was reached, changed, or ran out of time. */
  tryAgain(isForced: boolean): void {
    if (isForced) this.wakeUp?.();
  }

  /** While it waits, calls around it hold their room for it, as for a call that waits in this process. */
  private joinLine(): void {
    if (this.isInLine) return;
    this.isInLine = true;
    this.countInside(1);
    for (const { line } of this.request.budgets) line.add(this);
    if (this.request.around !== undefined) for (const { line } of this.request.budgets) line.wake();
  }

  private leaveLine(): void {
    if (!this.isInLine) return;
    this.countInside(-1);
    for (const { line } of this.request.budgets) line.delete(this);
  }

  private countInside(step: 1 | -1): void {
    for (let at = this.request.around; at !== undefined; at = at.outer) at.waitingInside += step;
  }

  /** A limit that was used up in this process while the call waited. */
  private reachedHere(): Refusal | undefined {
    for (const budget of this.request.budgets) {
      const needs = this.reservation.ownHoldIn(budget)?.needs;
      if (!budget.isEnforced || needs === undefined) continue;
      const isUsedUp = ({ measure, most }: Limit, spent: bigint | number) =>
        spent >= most && (measure === 'wallMillis' || needs.uses(measure));
      const limit = budget.limits.find((each) => isUsedUp(each, budget.spentHere(each)));
      if (limit !== undefined)
        return new Refusal(budget, limit, false, false, undefined, 'the limit has been reached');
    }
    return undefined;
  }
}

/** All processes reserve in the same order: by kind, then by name. */
export function inOrder(a: SharedBudget, b: SharedBudget): number {
  if (a.name.kind !== b.name.kind) return a.name.kind < b.name.kind ? -1 : 1;
  if (a.name.name === b.name.name) return 0;
  return a.name.name < b.name.name ? -1 : 1;
}

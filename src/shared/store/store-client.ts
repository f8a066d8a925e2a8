/** Asks the store, and keeps what its answers say about the store itself: whether it is up, its clock and generation. */
import { warnOnce } from '../../warnings.js';
import type { SharedStore, StoreBudget, StoreState } from './store.js';

/** The reason why what this process knows of shared budgets is not the whole truth any more. */
export interface DataLoss {
  /**
   * `generation`: the store was opened again after it had lost its data. `version`: it has gone back to an earlier state.
   * `dropped`: settlements of this process were dropped, because the store did not take them for too long.
   */
  readonly cause: 'generation' | 'version' | 'dropped';
  /** Undefined: all budgets. */
  readonly budget: StoreBudget | undefined;
}

/** While the store does not answer in time, it is asked once in that time, and other calls do not wait for it in vain. */
const PAUSE_AFTER_TIMEOUT_MILLIS = 1000;

/** How often a store that does not answer is asked whether it does again, after a few quicker tries. */
const PROBE_MILLIS = 1000;

const WARNINGS: Readonly<Record<DataLoss['cause'], string>> = {
  generation:
    'the store that shareCosts uses was emptied or replaced: what was spent before is not known any more. Shared budgets act ' +
    'as if it were down until it is opened again with costs.open()',
  version:
    'the store that shareCosts uses has gone back to an earlier state: what was spent since is not known any more',
  dropped:
    'a cost in a shared budget was given up, because the store did not take it; what was reserved for it stays booked',
};

export class StoreClient {
  /** Undefined: not known, or the store is not open. */
  generation: string | undefined;
  /** By how much the clock of the store is ahead of `Date.now()`. */
  offsetMillis = 0;
  timeouts = 0;
  failures = 0;
  dataLosses = 0;
  /** Changes when the generation that was known is gone, so that what was learned before is forgotten. */
  life = 0;
  /** How often data that totals are read from may have been lost. */
  losses = 0;
  /** Why the latest request failed. Undefined: it did not, or there was none. */
  down: 'unreachable' | 'not open' | undefined;
  private pauseEndMillis = 0;
  /** A request has timed out, and nothing has been answered since: a client keeps what it cannot send in memory. */
  private isHanging = false;
  private probing: Promise<boolean> | undefined;
  private nextProbeMillis = 0;
  private probePauseMillis = 0;
  private readonly onTheirWay = new Set<Promise<unknown>>();
  private readonly listeners = new Set<(loss: DataLoss) => void>();

  constructor(
    readonly timeoutMillis: number,
    private readonly store: Pick<SharedStore, 'write'> | undefined,
  ) {}

  /** The time of the store, in ms since 1970. */
  nowMillis(): number {
    return Date.now() + this.offsetMillis;
  }

  /** True shortly after a request has timed out: another one would only wait for as long. */
  get isPausing(): boolean {
    return this.down !== undefined && performance.now() < this.pauseEndMillis;
  }

  onDataLost(listener: (loss: DataLoss) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  noteDataLost(loss: DataLoss): void {
    this.dataLosses += 1;
    if (loss.cause !== 'dropped') this.losses += 1;
    warnOnce(WARNINGS[loss.cause]);
    for (const listener of this.listeners) {
      try {
        listener(loss);
      } catch (error) {
        warnOnce('a listener threw', error);
      }
    }
  }

  /**
   * The answer to a request, or undefined: the store has failed, or did not answer in time. An answer that arrives later is
   * ignored. Never rejects. `keepsAlive`: a call waits for it. `isForTotals`: a failure says nothing about shared budgets,
   * because it reads or writes much more than they do; and it is one of those that {@link askLater} holds back.
   */
  ask<T extends StoreState>(
    request: () => Promise<T>,
    keepsAlive: boolean,
    isForTotals = false,
  ): Promise<T | undefined> {
    return isForTotals ? this.askLater(request, true) : this.track(this.send(request, keepsAlive, false));
  }

  /**
   * Like `ask`, for a request that can be repeated later. While the store leaves requests unanswered, it is not sent, and the
   * answer is undefined. A small request once a second shows when the store is back.
   */
  askLater<T extends StoreState>(request: () => Promise<T>, isForTotals = false): Promise<T | undefined> {
    if (!this.isHanging) return this.track(this.send(request, false, isForTotals));
    const sent = async () => ((await this.isBack()) ? this.send(request, false, isForTotals) : undefined);
    return this.track(sent());
  }

  private track<T>(answer: Promise<T>): Promise<T> {
    this.onTheirWay.add(answer);
    void answer.then(() => this.onTheirWay.delete(answer));
    return answer;
  }

  private async isBack(): Promise<boolean> {
    const { store } = this;
    if (this.probing !== undefined) return this.probing;
    if (store === undefined || performance.now() < this.nextProbeMillis) return false;
    this.probePauseMillis = Math.min(PROBE_MILLIS, Math.max(this.timeoutMillis, this.probePauseMillis * 2));
    this.nextProbeMillis = performance.now() + this.probePauseMillis;
    this.probing = this.send(() => store.write([]), false, false).then((answer) => answer !== undefined);
    const isBack = await this.probing;
    this.probing = undefined;
    return isBack;
  }

  /** Resolves when the requests that are on their way have been answered, or have timed out. */
  async idle(): Promise<void> {
    await Promise.all(this.onTheirWay);
  }

  private async send<T extends StoreState>(
    request: () => Promise<T>,
    keepsAlive: boolean,
    isForTotals: boolean,
  ): Promise<T | undefined> {
    const { life } = this;
    const sentMillis = Date.now();
    try {
      const answer = await this.inTime(request, keepsAlive);
      if (answer !== undefined) return this.noteAnswer(answer, life, sentMillis) ? answer : undefined;
      this.timeouts += 1;
      warnOnce(`the store that shareCosts uses did not answer within ${this.timeoutMillis} ms`);
      this.isHanging = true;
      if (!isForTotals) this.pauseEndMillis = performance.now() + PAUSE_AFTER_TIMEOUT_MILLIS;
    } catch (error) {
      this.failures += 1;
      warnOnce('the store that shareCosts uses failed', error);
    }
    if (!isForTotals) this.down = 'unreachable';
    return undefined;
  }

  /** False for an answer to a request from before the current generation. */
  private noteAnswer({ generation, nowMillis }: StoreState, life: number, sentMillis: number): boolean {
    const hasChanged = generation !== this.generation;
    if (hasChanged && life !== this.life) return false;
    if (Number.isFinite(nowMillis)) this.offsetMillis = Math.round(nowMillis - (sentMillis + Date.now()) / 2);
    this.down = generation === undefined ? 'not open' : undefined;
    if (generation === undefined && this.generation === undefined)
      warnOnce(
        'the store that shareCosts uses is not open: totals are incomplete, and shared budgets act as if it were down. Open it ' +
          'once with costs.open()',
      );
    if (!hasChanged) return true;
    const isLost = this.generation !== undefined;
    this.generation = generation;
    if (!isLost) return true;
    this.life += 1;
    this.noteDataLost({ cause: 'generation', budget: undefined });
    return true;
  }

  private inTime<T>(request: () => Promise<T>, keepsAlive: boolean): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, this.timeoutMillis, undefined);
      if (!keepsAlive) timer.unref();
      const settled = () => {
        clearTimeout(timer);
        this.isHanging = false;
        this.probePauseMillis = 0;
      };
      started(request).then(
        (answer) => {
          settled();
          resolve(answer);
        },
        (error) => {
          settled();
          reject(error);
        },
      );
    });
  }
}

/** A store of the app's may throw. */
async function started<T>(request: () => Promise<T>): Promise<T> {
  return request();
}

/** Asks the store, and keeps what its answers say about the store itself: whether it is up, its clock and generation. */
import { warnOnce } from '../../warnings.js';
import type { StoreBudget, StoreState } from './store.js';

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
  private readonly onTheirWay = new Set<Promise<unknown>>();
  private readonly listeners = new Set<(loss: DataLoss) => void>();

  constructor(private readonly timeoutMillis: number) {}

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
    warnOnce(
      `a store of shared budgets has lost data (${loss.cause}); what was spent before may not be known any more`,
    );
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
   * because it reads or writes much more than they do.
   */
  ask<T extends StoreState>(
    request: () => Promise<T>,
    keepsAlive: boolean,
    isForTotals = false,
  ): Promise<T | undefined> {
    const answer = this.send(request, keepsAlive, isForTotals);
    this.onTheirWay.add(answer);
    void answer.then(() => this.onTheirWay.delete(answer));
    return answer;
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
      const answer = await inTime(request, this.timeoutMillis, keepsAlive);
      if (answer !== undefined) return this.noteAnswer(answer, life, sentMillis) ? answer : undefined;
      this.timeouts += 1;
      if (!isForTotals) this.pauseEndMillis = performance.now() + PAUSE_AFTER_TIMEOUT_MILLIS;
    } catch (error) {
      this.failures += 1;
      warnOnce('the store of shared budgets failed', error);
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
    if (!hasChanged) return true;
    const isLost = this.generation !== undefined;
    this.generation = generation;
    if (!isLost) return true;
    this.life += 1;
    this.noteDataLost({ cause: 'generation', budget: undefined });
    return true;
  }
}

function inTime<T>(request: () => Promise<T>, millis: number, keepsAlive: boolean): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, millis, undefined);
    if (!keepsAlive) timer.unref();
    const settled = () => clearTimeout(timer);
    request().then(
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

/** Who works when: one writer at a time, and pauses in long work. */

/** Appends, pricing and retention take turns. */
export class WriteLock {
  private tail: Promise<unknown> = Promise.resolve();

  /** Runs `work` after everything that was given before, whether that failed or not. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.tail.then(work, work);
    this.tail = result.catch(() => undefined);
    return result;
  }
}

/** Lets timers, requests and pages run. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

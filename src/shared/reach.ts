/** Time limits for the answers of a store. */

/** The answer, or undefined if the store rejects or takes longer. A later answer is ignored. Never rejects. */
export function answerWithin<T>(answer: () => Promise<T>, timeoutMillis: number): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeoutMillis, undefined);
    timer.unref();
    const settle = (value: T | undefined) => {
      clearTimeout(timer);
      resolve(value);
    };
    try {
      answer().then(settle, () => settle(undefined));
    } catch {
      settle(undefined);
    }
  });
}

/** Functions of the app's that are called for an answer now, or to be told something. */

/**
 * What such a function gave. Nothing waits for a promise, and one that rejects while nobody looks at it would end the
 * process.
 */
export function answered<T>(answer: T, rejected: (error: unknown) => void = ignore): T {
  // Its own `then` may begin work.
  if (answer instanceof Promise) Promise.prototype.then.call(answer, undefined, rejected);
  return answer;
}

/** What a function of the app's says that something costs. What it throws is no amount, be it a number. */
export function askAmount(ask: () => unknown): unknown {
  try {
    return answered(ask());
  } catch (error) {
    return typeof error === 'number' ? new Error(String(error)) : error;
  }
}

function ignore(): void {}

/** Calls to functions of the app that must answer synchronously or that are only notified. */

/**
 * Returns the answer unchanged. A promise is not awaited, but its rejection is handled: an unhandled rejection
 * would end the process.
 */
export function answered<T>(answer: T, rejected: (error: unknown) => void = ignore): T {
  // The promise's own `then` may be overridden and start work.
  if (answer instanceof Promise) Promise.prototype.then.call(answer, undefined, rejected);
  return answer;
}

/** The amount that a function of the app returns. A thrown value is never an amount, even if it is a number. */
export function askAmount(ask: () => unknown): unknown {
  try {
    return answered(ask());
  } catch (error) {
    return typeof error === 'number' ? new Error(String(error)) : error;
  }
}

function ignore(): void {}

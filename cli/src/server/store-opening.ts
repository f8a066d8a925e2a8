import { tryAgain } from './http-error.js';

const RETRY_SECONDS = 5;

/**
 * A part of the store, which may open later. The returned function waits for it and rejects with status 503 when it
 * has failed or does not come in time.
 */
export function whenOpen<T>(value: T | Promise<T>, waitMillis: number): () => Promise<T> {
  const promise = Promise.resolve(value);
  return () =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(tryAgain(503, 'the store is not open yet', RETRY_SECONDS)),
        waitMillis,
      );
      timer.unref();
      promise
        .then(resolve, (error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error);
          reject(tryAgain(503, `the store cannot be used: ${reason}`, RETRY_SECONDS));
        })
        .finally(() => clearTimeout(timer));
    });
}

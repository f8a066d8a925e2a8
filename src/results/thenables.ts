/** Promises with extra methods, and objects that start their work when `then` is called. */

import type { CallWatch } from './call-watch.js';
import { watchIterable } from './iterators.js';
import { isMethod, isObject, type Method, type Props, patch, patchMethod } from './patch.js';
import { watchHolder, watchStream } from './streams.js';

/** True for a native promise without extra properties. The app can use one derived from it instead. */
export function isPlainPromise(value: object): value is Promise<unknown> {
  if (!(value instanceof Promise) || value.constructor !== Promise) return false;
  for (const _ in value) return false;
  return true;
}

/** Follows `then`, or the method behind it, of an object that has one. False when there is nothing to follow. */
export function watchThenable(value: Props, watch: CallWatch): boolean {
  if (!isMethod(value.then)) return false;
  if (isMethod(value.parse) && isMethod(value.asResponse)) return watchApiPromise(value, watch);
  if (!patchMethod(value, 'then', (then) => watchedThen(then, watch))) return false;
  // `await` reads `then` only of promises whose constructor is not Promise itself.
  if (value instanceof Promise && value.constructor === Promise) patch(value, 'constructor', WatchedPromise);
  if (isMethod(value[Symbol.asyncIterator])) watchIterable(value, watch);
  return true;
}

/** Used as the `constructor` of a native promise with extra properties. It never constructs anything. */
class WatchedPromise<T> extends Promise<T> {
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }
}

function watchedThen(then: Method, watch: CallWatch): Method {
  return function (this: unknown, onFulfilled, onRejected, ...rest) {
    const fulfilled = (value: unknown, ...more: unknown[]): unknown => {
      const out = settle(value, watch);
      return isMethod(onFulfilled) ? onFulfilled(out, ...more) : out;
    };
    const rejected = (error: unknown, ...more: unknown[]): unknown => {
      watch.threw(error);
      if (isMethod(onRejected)) return onRejected(error, ...more);
      throw error;
    };
    return watch.run(() => then.call(this, fulfilled, rejected, ...rest));
  };
}

/**
 * Follows the promise of Stainless SDKs (`openai`, `@anthropic-ai/sdk`). Its `then`, `catch`, `finally` and
 * `withResponse` all read the body through `parse`; `asResponse` leaves the body to the app.
 */
function watchApiPromise(promise: Props, watch: CallWatch): boolean {
  let parsed: Promise<unknown> | undefined;
  const isWatched = patchMethod(promise, 'parse', (parse) => {
    return function (this: unknown) {
      parsed ??= followed(
        watch.run(() => parse.call(this)),
        watch,
      );
      return parsed;
    };
  });
  if (!isWatched) return false;
  patchMethod(promise, 'asResponse', (asResponse) => {
    return function (this: unknown) {
      const response = asResponse.call(this);
      return parsed === undefined ? followed(response, watch) : response;
    };
  });
  patchMethod(promise, '_thenUnwrap', (thenUnwrap) => {
    return function (this: unknown, ...args) {
      const child = thenUnwrap.apply(this, args);
      if (isObject(child)) watchApiPromise(child, watch);
      return child;
    };
  });
  return true;
}

/** A promise derived from this one that reports its end. */
export function followed(promise: unknown, watch: CallWatch): Promise<unknown> {
  return Promise.resolve(promise).then(
    (value) => settle(value, watch),
    (error: unknown) => {
      watch.threw(error);
      throw error;
    },
  );
}

/** Ends the work with a promise's result, or follows the result if it is a stream. Returns the value to pass on. */
function settle(value: unknown, watch: CallWatch): unknown {
  if (!isObject(value)) return watch.returned(value);
  if (watch.isWatching(value)) return value;
  try {
    if (watchStream(value, watch) || watchHolder(value, watch)) {
      watch.watches(value);
      watch.mayStayUnread();
      return value;
    }
  } catch {
    // A getter or proxy of the app's object threw, so it is treated as a plain value.
  }
  return watch.returned(value);
}

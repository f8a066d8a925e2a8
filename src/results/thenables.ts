/** Promises with extra methods, and objects that start their work when `then` is called. */

import { types } from 'node:util';
import type { CallWatch } from './call-watch.js';
import {
  hasNoKeys,
  hasProperties,
  isMethod,
  isObject,
  isStandIn,
  type Method,
  mayHaveMethod,
  type Props,
  patch,
  patchable,
  patchMethod,
} from './patch.js';
import { isPlainObject, watchHolder, watchStream } from './streams.js';

/** True for a native promise without extra properties. The app can use one derived from it instead. */
export function isPlainPromise(value: unknown): value is Promise<unknown> {
  try {
    if (!(value instanceof Promise) || value.constructor !== Promise) return false;
    return hasNoKeys(value) && !(Symbol.asyncIterator in value);
  } catch {
    // A getter of the app's object threw.
    return false;
  }
}

/** A promise derived from this one that reports its end. */
export function followed(promise: unknown, watch: CallWatch): Promise<unknown> {
  return Promise.resolve(promise).then(
    (value) => handOn(value, watch),
    (error: unknown) => {
      watch.threw(error);
      throw error;
    },
  );
}

/**
 * Ends the work with a plain value. Follows a stream, a lazy promise, or a stream in a response. Returns the value to
 * pass on.
 */
export function handOn(value: unknown, watch: CallWatch): unknown {
  if (!hasProperties(value)) return watch.returned(value);
  try {
    const target = watch.standInOf(value) ?? followedIn(value, watch);
    if (target !== undefined) return target;
  } catch {
    // A getter or proxy of the app's object threw, so it is treated as a plain value.
  }
  return watch.returned(value);
}

/** The object to give to the app, when it is followed. */
function followedIn(value: Props, watch: CallWatch): Props | undefined {
  if (isPlainAnswer(value)) return watchHolder(value, watch) ? watch.standsFor(value, value) : undefined;
  const target = patchable(value, (step) => watch.run(step));
  const isWatched =
    watchThenable(target, watch) ||
    (isObject(target) && (watchStream(target, watch) || watchHolder(target, watch)));
  return isWatched ? watch.standsFor(value, target) : undefined;
}

/** True for most answers. Checking for a Proxy takes longer than everything else here. */
function isPlainAnswer(value: Props): boolean {
  if (!isPlainObject(value) || 'then' in value || Symbol.asyncIterator in value) return false;
  return value.asResponse === undefined && value.withResponse === undefined;
}

/** Follows `then`, or the method behind it, of an object that has one. False when there is nothing to follow. */
function watchThenable(value: Props, watch: CallWatch): boolean {
  if (!mayHaveMethod(value, 'then')) return false;
  const isApiPromise = mayHaveMethod(value, 'parse') && mayHaveMethod(value, 'asResponse');
  if (isApiPromise && !isStandIn(value)) return watchApiPromise(value, watch);
  // `await` reads `then` only of promises whose constructor is not Promise itself.
  const isUnread = types.isPromise(value) && value.constructor === Promise && !Object.hasOwn(value, 'then');
  const isPlain = () => void watch.returned(value);
  if (!patchMethod(value, 'then', (then) => watchedThen(then, watch), isPlain)) return false;
  if (isUnread) patch(value, 'constructor', WatchedPromise);
  watchHandlers(value, watch);
  if (isApiPromise) for (const key of API_METHODS) watchResultOf(value, key, watch);
  if (isObject(value) && isMethod(value[Symbol.asyncIterator])) watchStream(value, watch);
  return true;
}

/** Built-in methods call `then`; others may not. */
function watchHandlers(value: Props, watch: CallWatch): void {
  const { prototype } = Promise;
  if (isStandIn(value) || value.catch !== prototype.catch)
    patchMethod(value, 'catch', (rejected) => watchedCatch(rejected, watch));
  if (isStandIn(value) || value.finally !== prototype.finally) watchResultOf(value, 'finally', watch);
}

/** Methods of an API promise that do not call `then`. */
const API_METHODS = ['parse', 'asResponse', 'withResponse', '_thenUnwrap'];

/** Used as the `constructor` of a native promise with extra properties. It never constructs anything. */
class WatchedPromise<T> extends Promise<T> {
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }
}

function watchedThen(then: Method, watch: CallWatch): Method {
  return function (this: unknown, onFulfilled, onRejected, ...rest) {
    const fulfilled = (value: unknown, ...more: unknown[]): unknown => {
      const out = handOn(value, watch);
      return isMethod(onFulfilled) ? onFulfilled(out, ...more) : out;
    };
    return watch.run(() => then.call(this, fulfilled, watchedHandler(onRejected, watch), ...rest));
  };
}

function watchedCatch(rejected: Method, watch: CallWatch): Method {
  const watched = watchedResult(rejected, watch);
  return function (this: unknown, onRejected, ...rest) {
    return watched.call(this, watchedHandler(onRejected, watch), ...rest);
  };
}

function watchedHandler(onRejected: unknown, watch: CallWatch): Method {
  return (error, ...more) => {
    watch.threw(error);
    if (isMethod(onRejected)) return onRejected(error, ...more);
    throw error;
  };
}

/** Follows the promise that a method returns. */
function watchResultOf(value: Props, key: PropertyKey, watch: CallWatch): boolean {
  return patchMethod(value, key, (method) => watchedResult(method, watch));
}

function watchedResult(method: Method, watch: CallWatch): Method {
  return function (this: unknown, ...args) {
    const result = watch.run(() => method.apply(this, args));
    return isPlainPromise(result) ? followed(result, watch) : handOn(result, watch);
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
  // An instrumentation has replaced `then`, possibly with that of another promise.
  if (Object.hasOwn(promise, 'then')) patchMethod(promise, 'then', (then) => watchedThen(then, watch));
  return true;
}

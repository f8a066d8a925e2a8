/** Generators, iterators and async iterables: each step runs in the call's context, and its result is observed. */

import type { CallWatch } from './call-watch.js';
import { Branch, type Door, type Ending } from './doors.js';
import { isMethod, isObject, type Method, ownValue, type Props, patch, patchMethod } from './patch.js';

/** Built-in iterators return themselves, so there is nothing to follow in their `Symbol.iterator`. */
const RETURNS_ITSELF: ReadonlySet<unknown> = new Set([
  (async function* () {})()[Symbol.asyncIterator],
  (function* () {})()[Symbol.iterator],
]);

/** True for a generator, sync or async, native or compiled. Iterators of collections have no `throw`. */
export function isGenerator(value: Props): boolean {
  return (
    isMethod(value.next) &&
    isMethod(value.return) &&
    isMethod(value.throw) &&
    (isMethod(value[Symbol.iterator]) || isMethod(value[Symbol.asyncIterator]))
  );
}

/** Follows a generator, an async iterable, or an object that is both, in place. False when it cannot be patched. */
export function watchIterable(value: Props, watch: CallWatch): boolean {
  const branch = Branch.of(watch, watch.reading);
  const isIterator = isMethod(value.next) && watchIterator(value, branch.door());
  const isFactory = watchFactories(value, branch, factoriesOf(value));
  const { controller } = value;
  if (isFactory && controller instanceof AbortController) watch.followAbort(controller.signal);
  return isIterator || isFactory;
}

/**
 * The methods that create iterators. The SDKs' `Stream` creates them with its own `iterator`, also for `tee()` and
 * `toReadableStream()`.
 */
function factoriesOf(iterable: Props): readonly PropertyKey[] {
  if (isMethod(ownValue(iterable, 'iterator')) && isMethod(iterable.tee)) return ['iterator'];
  return isMethod(iterable.next) ? [Symbol.asyncIterator, Symbol.iterator] : [Symbol.asyncIterator];
}

/**
 * Follows every iterator that the object creates, which may be another object each time. False if this is impossible.
 */
export function watchFactories(iterable: Props, branch: Branch, keys: readonly PropertyKey[]): boolean {
  let isWatched = false;
  for (const key of keys) {
    if (RETURNS_ITSELF.has(iterable[key])) continue;
    if (patchMethod(iterable, key, (create) => watchedFactory(create, branch))) isWatched = true;
  }
  return isWatched;
}

/** Wraps a method that creates an iterator. */
function watchedFactory(create: Method, branch: Branch): Method {
  return function (this: unknown, ...args) {
    const door = branch.door();
    const iterator = door.run(() => create.apply(this, args));
    const isNew = isObject(iterator) && iterator !== this && !branch.source.reading.followed.has(iterator);
    const isKeptOnReturn = isObject(args[0]) && args[0].preventCancel === true;
    if (!isNew || !watchIterator(iterator, door, isKeptOnReturn)) door.close();
    return iterator;
  };
}

/** Follows an iterator in place. False when it cannot be patched. */
export function watchIterator(iterator: Props, door: Door, isKeptOnReturn = false): boolean {
  if (!patchMethod(iterator, 'next', (next) => watchedStep(next, door, 'own'))) return false;
  door.follows(iterator);
  if (isKeptOnReturn) return true;
  if (!patchMethod(iterator, 'return', (end) => watchedStep(end, door, 'consumer')))
    addReturn(iterator, door);
  patchMethod(iterator, 'throw', (raise) => watchedStep(raise, door, 'own'));
  return true;
}

/** The iterators of the SDKs' `tee()` have no `return`, so they would not notice when their consumer leaves. */
function addReturn(iterator: Props, door: Door): void {
  patch(iterator, 'return', (value: unknown) => {
    door.ended('consumer', undefined);
    return Promise.resolve({ done: true, value });
  });
}

/**
 * Wraps a method that returns `{ done, value }` or a promise of it: `next`, `return`, `throw`, or a reader's
 * `read`.
 */
export function watchedStep(method: Method, door: Door, ending: Ending): Method {
  return function (this: unknown, ...args) {
    door.stepBegins();
    let result: unknown;
    try {
      result = door.run(() => method.apply(this, args));
    } catch (error) {
      throw failedStep(error, door);
    }
    if (!isObject(result) || !isMethod(result.then)) return endedStep(result, door, ending);
    return Promise.resolve(result).then(
      (settled: unknown) => endedStep(settled, door, ending),
      (error: unknown) => {
        throw failedStep(error, door);
      },
    );
  };
}

function failedStep(error: unknown, door: Door): unknown {
  door.failed(error);
  door.stepEnds();
  return error;
}

function endedStep(result: unknown, door: Door, ending: Ending): unknown {
  const handedOn = isObject(result) ? toldStep(result, door, ending) : result;
  door.stepEnds();
  return handedOn;
}

function toldStep(result: Props, door: Door, ending: Ending): unknown {
  if (result.done !== true) {
    door.chunk(result.value);
    return result;
  }
  const value = door.ended(ending, result.value);
  return value === result.value ? result : { done: true, value };
}

/** Generators, iterators and async iterables: each step runs in the call's context, and its result is observed. */

import type { CallWatch, StreamSink } from './call-watch.js';
import { isMethod, isObject, type Method, ownValue, type Props, patch, patchMethod } from './patch.js';

/** Whether a `done` result means that the work ended by itself or that its consumer ended it. */
type Ending = 'own' | 'consumer';

/** True for a generator, sync or async, native or compiled. Iterators of collections have no `throw`. */
export function isGenerator(value: Props): boolean {
  return (
    isMethod(value.next) &&
    isMethod(value.return) &&
    isMethod(value.throw) &&
    (isMethod(value[Symbol.iterator]) || isMethod(value[Symbol.asyncIterator]))
  );
}

/** Follows an iterator in place. False when it cannot be patched. */
export function watchIterator(iterator: Props, sink: StreamSink): boolean {
  if (!patchMethod(iterator, 'next', (next) => watchedStep(next, sink, 'own'))) return false;
  if (!patchMethod(iterator, 'return', (end) => watchedStep(end, sink, 'consumer')))
    addReturn(iterator, sink);
  patchMethod(iterator, 'throw', (raise) => watchedStep(raise, sink, 'own'));
  return true;
}

/** The iterators of the SDKs' `tee()` have no `return`, so they would not notice when their consumer leaves. */
function addReturn(iterator: Props, sink: StreamSink): void {
  patch(iterator, 'return', (value: unknown) => {
    sink.stopped();
    return Promise.resolve({ done: true, value });
  });
}

/**
 * Follows every iterator that the object creates. The SDKs' `Stream` creates them with its own `iterator`, also for
 * `tee()` and `toReadableStream()`.
 */
export function watchIterable(iterable: Props, watch: CallWatch): boolean {
  const isSdkStream = isMethod(ownValue(iterable, 'iterator')) && isMethod(iterable.tee);
  const key = isSdkStream ? 'iterator' : Symbol.asyncIterator;
  let last: unknown;
  const isWatched = patchMethod(iterable, key, (iterate) => {
    return function (this: unknown, ...args) {
      const iterator = watch.run(() => iterate.apply(this, args));
      if (isObject(iterator) && iterator !== last) watchIterator(iterator, watch);
      last = iterator;
      return iterator;
    };
  });
  const controller = iterable.controller;
  if (isWatched && controller instanceof AbortController) watch.followAbort(controller.signal);
  return isWatched;
}

/**
 * Wraps a method that returns `{ done, value }` or a promise of it: `next`, `return`, `throw`, or a reader's
 * `read`.
 */
export function watchedStep(method: Method, sink: StreamSink, ending: Ending): Method {
  return function (this: unknown, ...args) {
    sink.stepBegins?.();
    let result: unknown;
    try {
      result = sink.run(() => method.apply(this, args));
    } catch (error) {
      throw failedStep(error, sink);
    }
    if (!isObject(result) || !isMethod(result.then)) return endedStep(result, sink, ending);
    return Promise.resolve(result).then(
      (settled: unknown) => endedStep(settled, sink, ending),
      (error: unknown) => {
        throw failedStep(error, sink);
      },
    );
  };
}

function failedStep(error: unknown, sink: StreamSink): unknown {
  sink.failed(error);
  sink.stepEnds?.();
  return error;
}

function endedStep(result: unknown, sink: StreamSink, ending: Ending): unknown {
  const handedOn = isObject(result) ? toldStep(result, sink, ending) : result;
  sink.stepEnds?.();
  return handedOn;
}

function toldStep(result: Props, sink: StreamSink, ending: Ending): unknown {
  if (result.done !== true) sink.chunk(result.value);
  else if (ending === 'consumer') sink.stopped();
  else if (result.value === undefined) sink.streamed();
  else {
    const value = sink.returned(result.value);
    if (value !== result.value) return { done: true, value };
  }
  return result;
}

/** Identifies the kind of a stream. Any other value is plain. */

import { watchAiResult } from './ai-sdk-result.js';
import type { CallWatch } from './call-watch.js';
import { isGenerator, watchIterable, watchIterator } from './iterators.js';
import { isReadable, watchReadable } from './node-readable.js';
import { isMethod, isObject, ownValue, type Props, patch } from './patch.js';
import { isEventStream, watchEventStream } from './sdk-event-stream.js';
import { isWebStream, watchWebStream } from './web-stream.js';

/**
 * Follows a stream. False for a value that is not a stream or is frozen. May throw the errors of the value's
 * getters.
 */
export function watchStream(value: Props, watch: CallWatch): boolean {
  if (Array.isArray(value)) return false;
  if (isMethod(value[Symbol.asyncIterator])) return watchAsync(value, watch);
  if (isPlainObject(value)) return false;
  if (isGenerator(value)) return watchIterator(value, watch);
  if (isEventStream(value)) return watchEventStream(value, watch);
  if (isReadable(value)) return watchReadable(value, watch);
  return watchAiResult(value, watch);
}

function watchAsync(value: Props, watch: CallWatch): boolean {
  if (isWebStream(value)) return watchWebStream(value, watch);
  if (isReadable(value)) return watchReadable(value, watch);
  if (isEventStream(value)) return watchEventStream(value, watch);
  // A page of a list. Most apps read only its `data`.
  if (isMethod(value.getPaginatedItems)) return false;
  return isMethod(value.next) ? watchIterator(value, watch) : watchIterable(value, watch);
}

/**
 * Follows a stream inside a response: `{ stream }` of Bedrock Converse and Gemini's older SDK, `{ body }` of
 * Bedrock's invoke.
 */
export function watchHolder(holder: Props, watch: CallWatch): boolean {
  if (!isPlainObject(holder)) return false;
  const stream = ownValue(holder, 'stream');
  if (isAsyncIterable(stream)) {
    watchAggregate(holder, watch);
    return watchAsync(stream, watch);
  }
  const body = ownValue(holder, 'body');
  // The app may read or ignore the bytes of an HTTP response.
  return isAsyncIterable(body) && !isWebStream(body) && !isReadable(body) && watchAsync(body, watch);
}

/** Gemini's older SDK also collects the whole response, whether or not the app reads the stream. */
function watchAggregate(holder: Props, watch: CallWatch): void {
  const response = ownValue(holder, 'response');
  // If the promise cannot be replaced, a second one would report its rejection twice.
  if (!(response instanceof Promise) || Object.isSealed(holder)) return;
  const whole = response.then(
    (value: unknown) => {
      watch.returned(value);
      return value;
    },
    (error: unknown) => {
      watch.failed(error);
      throw error;
    },
  );
  patch(holder, 'response', whole);
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isAsyncIterable(value: unknown): value is Props {
  return isObject(value) && isMethod(value[Symbol.asyncIterator]);
}

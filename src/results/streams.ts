/** Identifies the kind of a stream. Any other value is plain. */

import { watchAiResult } from './ai-sdk-result.js';
import type { CallWatch } from './call-watch.js';
import { isGenerator, watchIterable } from './iterators.js';
import { isReadable, watchReadable } from './node-readable.js';
import { isMethod, isObject, ownValue, type Props, patch, patchable } from './patch.js';
import { isEventStream, watchEventStream } from './sdk-event-stream.js';
import { isBareWebStream, isWebStream, watchWebStream } from './web-stream.js';

/**
 * Follows a stream. False for a value that is not a stream or is frozen. May throw the errors of the value's
 * getters.
 */
export function watchStream(value: Props, watch: CallWatch): boolean {
  if (Array.isArray(value)) return false;
  if (isMethod(value[Symbol.asyncIterator])) return watchAsync(value, watch);
  if (isPlainObject(value)) return false;
  if (isGenerator(value)) return watchIterable(value, watch);
  if (isEventStream(value)) return watchEventStream(value, watch);
  if (isReadable(value)) return watchReadable(value, watch);
  return watchAiResult(value, watch);
}

function watchAsync(value: Props, watch: CallWatch): boolean {
  if (isWebStream(value)) return watchWebStream(value, watch, watch.reading);
  if (isReadable(value)) return watchReadable(value, watch);
  if (isEventStream(value)) return watchEventStream(value, watch);
  // A page of a list. Most apps read only its `data`.
  if (isMethod(value.getPaginatedItems)) return false;
  return watchIterable(value, watch);
}

/**
 * Follows a stream inside a response: `{ stream }` of Bedrock Converse and Gemini's older SDK, `{ body }` of Bedrock's
 * invoke, `{ data }` of the OpenAI SDK's `withResponse()`.
 */
export function watchHolder(holder: Props, watch: CallWatch): boolean {
  if (!isPlainObject(holder)) return false;
  const stream = ownValue(holder, 'stream');
  if (isAsyncIterable(stream)) {
    watchAggregate(holder, watch);
    return watchHeld(holder, 'stream', stream, watch);
  }
  return HOLDER_KEYS.some((key) => {
    const held = ownValue(holder, key);
    return isAsyncIterable(held) && !isBytes(held) && watchHeld(holder, key, held, watch);
  });
}

const HOLDER_KEYS = ['body', 'data'];

/** The bytes of an HTTP response, which the app may read or ignore. */
function isBytes(stream: Props): boolean {
  return isReadable(stream) || (isWebStream(stream) && isBareWebStream(stream));
}

function watchHeld(holder: Props, key: string, stream: Props, watch: CallWatch): boolean {
  const target = patchable(stream, (step) => watch.run(step));
  return (target === stream || patch(holder, key, target)) && watchAsync(target, watch);
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

export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isAsyncIterable(value: unknown): value is Props {
  return isObject(value) && isMethod(value[Symbol.asyncIterator]);
}

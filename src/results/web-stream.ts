/** The web's `ReadableStream` and its subclasses: read by a reader, iterated, piped, or split by `tee()`. */

import { ReadableStream, type ReadableStreamDefaultReader } from 'node:stream/web';
import { Branch, Reading, type StreamSink } from './doors.js';
import { watchedStep, watchFactories, watchIterator } from './iterators.js';
import { isMethod, isObject, isStandIn, type Method, type Props, patchMethod } from './patch.js';

const FACTORIES = [Symbol.asyncIterator, 'values'];

export function isWebStream(value: Props): boolean {
  return isMethod(value.getReader) && isMethod(value.tee) && isMethod(value.pipeTo);
}

/** True for a stream without methods of its own, as the body of an HTTP response is. */
export function isBareWebStream(value: object): boolean {
  return Object.getPrototypeOf(value) === ReadableStream.prototype;
}

/** Follows a stream in place, by the methods through which it is read. */
export function watchWebStream(stream: Props, sink: StreamSink, reading = new Reading()): boolean {
  return watchBranch(stream, Branch.of(sink, reading));
}

export function watchBranch(stream: Props, branch: Branch): boolean {
  const isWatched = patchMethod(stream, 'getReader', (getReader) => watchedReaders(getReader, branch));
  if (!isWatched) return false;
  patchMethod(stream, 'cancel', (cancel) => {
    return function (this: unknown, ...args) {
      if (stream.locked !== true) branch.cancelled();
      return cancel.apply(this, args);
    };
  });
  patchMethod(stream, 'tee', (tee) => watchedTee(tee, branch));
  patchMethod(stream, 'pipeTo', (pipeTo) => watchedPipeTo(stream, pipeTo, branch));
  patchMethod(stream, 'pipeThrough', (pipeThrough) => watchedPipeThrough(stream, pipeThrough, branch));
  watchFactories(stream, branch, FACTORIES);
  if (isMethod(stream.next)) watchIterator(stream, branch.door());
  return true;
}

function watchedReaders(getReader: Method, branch: Branch): Method {
  return function (this: unknown, ...args) {
    const reader = getReader.apply(this, args);
    if (isObject(reader)) watchReader(reader, branch);
    return reader;
  };
}

function watchReader(reader: Props, branch: Branch): void {
  const door = branch.door();
  patchMethod(reader, 'read', (read) => watchedStep(read, door, 'data'));
  patchMethod(reader, 'cancel', (cancel) => {
    return function (this: unknown, ...args) {
      door.cancelled();
      return cancel.apply(this, args);
    };
  });
  patchMethod(reader, 'releaseLock', (releaseLock) => {
    return function (this: unknown, ...args) {
      const result = releaseLock.apply(this, args);
      door.close();
      return result;
    };
  });
}

function watchedTee(tee: Method, branch: Branch): Method {
  return function (this: unknown, ...args) {
    const split = tee.apply(this, args);
    if (Array.isArray(split) && isObject(split[0]) && isObject(split[1])) {
      watchBranch(split[0], branch.split());
      watchBranch(split[1], branch);
    }
    return split;
  };
}

/**
 * A native pipe reads the stream directly, so it is given a stream that reads this one on demand, chunk by chunk. A
 * locked stream still refuses. The pipe of a subclass may need the subclass: if it reads through no door, its end is
 * reported, without chunks.
 */
function watchedPipeTo(stream: Props, pipeTo: Method, branch: Branch): Method {
  return function (this: unknown, ...args) {
    const reader = readerForPipe(stream, pipeTo, native.pipeTo);
    if (reader !== undefined) {
      const piped: unknown = Reflect.apply(native.pipeTo, onDemand(reader), args);
      // A pipe that fails may leave the stream unlocked.
      return Promise.resolve(piped).finally(() => reader.releaseLock());
    }
    const { doors } = branch;
    const piped = pipeTo.apply(this, args);
    return branch.doors === doors && stream.locked === true ? withEnd(piped, branch) : piped;
  };
}

function watchedPipeThrough(stream: Props, pipeThrough: Method, branch: Branch): Method {
  return function (this: unknown, ...args) {
    const reader = readerForPipe(stream, pipeThrough, native.pipeThrough);
    if (reader !== undefined) return Reflect.apply(native.pipeThrough, onDemand(reader), args);
    const { doors } = branch;
    const piped = pipeThrough.apply(this, args);
    // The chunks behind the pipe, if those before it cannot be seen.
    if (branch.doors === doors && isObject(piped) && isWebStream(piped)) watchBranch(piped, branch);
    return piped;
  };
}

const native = ReadableStream.prototype;

/** A Proxy also returns native methods, but not the same functions. */
function readerForPipe(
  stream: Props,
  method: Method,
  nativeMethod: unknown,
): ReadableStreamDefaultReader | undefined {
  if (method !== nativeMethod && !isStandIn(stream)) return undefined;
  if (stream.locked === true || !isMethod(stream.getReader)) return undefined;
  const reader = stream.getReader();
  return isReader(reader) ? reader : undefined;
}

function withEnd(piped: unknown, branch: Branch): Promise<unknown> {
  return Promise.resolve(piped).then(
    (value: unknown) => {
      branch.sink.streamed();
      return value;
    },
    (error: unknown) => {
      branch.sink.failed(error);
      throw error;
    },
  );
}

function onDemand(reader: ReadableStreamDefaultReader): ReadableStream {
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        reader.releaseLock();
        controller.close();
      },
      async cancel(reason) {
        await reader.cancel(reason);
        reader.releaseLock();
      },
    },
    { highWaterMark: 0 },
  );
}

function isReader(value: unknown): value is ReadableStreamDefaultReader {
  return isObject(value) && isMethod(value.read) && isMethod(value.cancel) && isMethod(value.releaseLock);
}

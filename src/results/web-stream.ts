/** The web's `ReadableStream` with its branches: read by a reader, iterated, piped, or split by `tee()`. */

import { ReadableStream, type ReadableStreamDefaultReader } from 'node:stream/web';
import type { StreamSink } from './call-watch.js';
import { watchedStep, watchIterator } from './iterators.js';
import { isMethod, isObject, type Method, type Props, patchMethod } from './patch.js';

/**
 * State shared by the branches of one stream: each chunk is reported once, and the last cancelled branch ends the
 * work.
 */
interface Branches {
  readonly sink: StreamSink;
  /** False if a `tee()` branch that has not been read yet counts as cancelled. */
  readonly idleBranchesCount: boolean;
  open: number;
  chunksSeen: number;
}

class Branch implements StreamSink {
  private isOpen = false;
  private isCancelled = false;

  constructor(
    private readonly branches: Branches,
    private chunksRead: number,
  ) {}

  run<R>(step: () => R): R {
    this.open();
    return this.branches.sink.run(step);
  }

  chunk(chunk: unknown): void {
    this.chunksRead++;
    if (this.chunksRead <= this.branches.chunksSeen) return;
    this.branches.chunksSeen = this.chunksRead;
    this.branches.sink.chunk(chunk);
  }

  returned(value: unknown): unknown {
    this.streamed();
    return value;
  }

  streamed(): void {
    // A cancelled branch resolves the pending read as if the stream had ended.
    if (!this.isCancelled) this.branches.sink.streamed();
  }

  stopped(): void {
    if (this.isCancelled) return;
    this.open();
    this.isCancelled = true;
    this.branches.open--;
    if (this.branches.open === 0) this.branches.sink.stopped();
  }

  failed(error: unknown): void {
    this.branches.sink.failed(error);
  }

  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.branches.open++;
  }

  /** Splits the branch in two. This one continues as the second branch. */
  split(): Branch {
    const first = new Branch(this.branches, this.chunksRead);
    first.open();
    if (this.branches.idleBranchesCount) this.open();
    return first;
  }
}

export function isWebStream(value: Props): boolean {
  return isMethod(value.getReader) && isMethod(value.tee) && isMethod(value.pipeTo);
}

/**
 * Follows a stream in place, by the methods through which it is read.
 *
 * @param idleBranchesCount false when a `tee()` leaves a spare branch that may never be read.
 */
export function watchWebStream(stream: Props, sink: StreamSink, idleBranchesCount = true): boolean {
  return watchBranch(stream, new Branch({ sink, idleBranchesCount, open: 0, chunksSeen: 0 }, 0));
}

function watchBranch(stream: Props, branch: Branch): boolean {
  const isWatched = patchMethod(stream, 'getReader', (getReader) => {
    return function (this: unknown, ...args) {
      const reader = getReader.apply(this, args);
      if (isObject(reader)) watchReader(reader, branch);
      return reader;
    };
  });
  if (!isWatched) return false;
  patchMethod(stream, 'cancel', (cancel) => watchedCancel(cancel, branch, () => stream.locked !== true));
  patchMethod(stream, 'tee', (tee) => watchedTee(tee, branch));
  // Native pipes and iterators read the stream directly; others use `getReader`.
  patchMethod(stream, 'pipeTo', (pipeTo) => piped(stream, pipeTo));
  patchMethod(stream, 'pipeThrough', (pipeThrough) => piped(stream, pipeThrough));
  for (const key of ['values', Symbol.asyncIterator]) {
    if (stream[key] === ReadableStream.prototype.values) watchIteration(stream, key, branch);
  }
  return true;
}

function watchReader(reader: Props, branch: Branch): void {
  branch.open();
  patchMethod(reader, 'read', (read) => watchedStep(read, branch, 'own'));
  patchMethod(reader, 'cancel', (cancel) => watchedCancel(cancel, branch, () => true));
}

function watchedCancel(cancel: Method, branch: Branch, isAllowed: () => boolean): Method {
  return function (this: unknown, ...args) {
    if (isAllowed()) branch.stopped();
    return cancel.apply(this, args);
  };
}

function watchIteration(stream: Props, key: PropertyKey, branch: Branch): void {
  patchMethod(stream, key, (iterate) => {
    return function (this: unknown, ...args) {
      const iterator = iterate.apply(this, args);
      if (!isObject(iterator)) return iterator;
      branch.open();
      const isKeptOnReturn = isObject(args[0]) && args[0].preventCancel === true;
      if (isKeptOnReturn) patchMethod(iterator, 'next', (next) => watchedStep(next, branch, 'own'));
      else watchIterator(iterator, branch);
      return iterator;
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

/** Pipes a stream that reads this one on demand, chunk by chunk. A locked stream still refuses. */
function piped(stream: Props, pipe: Method): Method {
  return function (this: unknown, ...args) {
    if (stream.locked === true || !isMethod(stream.getReader)) return pipe.apply(this, args);
    const reader = stream.getReader();
    return isReader(reader) ? pipe.apply(onDemand(reader), args) : pipe.apply(this, args);
  };
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

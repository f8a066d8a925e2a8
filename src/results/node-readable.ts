/** Node's `Readable`, and its streams of the older kind: all data for its consumer passes through `emit`, however the stream is read. */

import type { CallWatch } from './call-watch.js';
import { isMethod, isObject, type Props, patchMethod } from './patch.js';

export function isReadable(value: Props): boolean {
  return (
    isMethod(value.pipe) &&
    isMethod(value.emit) &&
    (isObject(value._readableState) || value.readable === true)
  );
}

/** Adds no listener, because one for `data` would start the stream and one for `error` would hide a crash. */
export function watchReadable(stream: Props, watch: CallWatch): boolean {
  if (stream.destroyed === true || stream.readableEnded === true) {
    tellOver(stream, watch);
    return true;
  }
  const isWatched = patchMethod(stream, 'emit', (emit) => {
    return function (this: unknown, event, ...args) {
      if (event === 'data') watch.chunk(args[0]);
      else if (event === 'end') watch.streamed();
      else if (event === 'error') watch.failed(args[0]);
      else if (event === 'close') watch.stopped();
      return emit.call(this, event, ...args);
    };
  });
  if (!isWatched) return false;
  patchMethod(stream, '_read', (read) => {
    return function (this: unknown, ...args) {
      return watch.run(() => read.apply(this, args));
    };
  });
  return true;
}

function tellOver(stream: Props, watch: CallWatch): void {
  if (stream.readableEnded === true) watch.streamed();
  else if (stream.errored instanceof Error) watch.failed(stream.errored);
  else watch.stopped();
}

/** Results of the Vercel AI SDK's `streamText` and `streamObject`. */

import type { CallWatch, StreamSink } from './call-watch.js';
import { isObject, ownValue, type Props } from './patch.js';
import { isWebStream, watchWebStream } from './web-stream.js';

/** Failures and aborts come as parts of the stream, which then closes as if all were well. */
class PartSink implements StreamSink {
  private failure: { error: unknown } | undefined;
  private isAborted = false;

  constructor(private readonly watch: CallWatch) {}

  run<R>(step: () => R): R {
    return this.watch.run(step);
  }

  chunk(chunk: unknown): void {
    // `streamText` carries each part in a wrapper, beside its partial output.
    const part = isObject(chunk) && isObject(chunk.part) ? chunk.part : chunk;
    if (isObject(part) && part.type === 'error') this.failure = { error: part.error };
    if (isObject(part) && part.type === 'abort') this.isAborted = true;
    this.watch.chunk(part);
  }

  returned(value: unknown): unknown {
    return this.watch.returned(value);
  }

  streamed(): void {
    if (this.isAborted) this.watch.stopped();
    else if (this.failure !== undefined) this.watch.failed(this.failure.error);
    else this.watch.streamed();
  }

  stopped(): void {
    this.watch.stopped();
  }

  failed(error: unknown): void {
    this.watch.failed(error);
  }
}

/** Follows the stream behind the result. Its getters are not touched: most of them start to read it. */
export function watchAiResult(result: Props, watch: CallWatch): boolean {
  const base = ownValue(result, 'baseStream');
  // Each view of the result takes one branch and leaves the other for a view that may never be asked for.
  return isObject(base) && isWebStream(base) && watchWebStream(base, new PartSink(watch), false);
}

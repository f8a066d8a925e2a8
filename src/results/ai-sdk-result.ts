/** Results of the Vercel AI SDK's `streamText` and `streamObject`. */

import type { CallWatch } from './call-watch.js';
import { Branch, type StreamSink } from './doors.js';
import { isObject, ownValue, type Props } from './patch.js';
import { isWebStream, watchBranch } from './web-stream.js';

/** Failures and aborts arrive as parts of the stream, which then closes as if it had succeeded. */
class PartSink implements StreamSink {
  private failure: { error: unknown } | undefined;
  private isAborted = false;

  constructor(private readonly watch: CallWatch) {}

  run<R>(step: () => R): R {
    return this.watch.run(step);
  }

  chunk(chunk: unknown): void {
    // `streamText` wraps each part together with its partial output.
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

/**
 * Follows the stream behind the result. The result's getters are never read, because most of them start to read the
 * stream. A result that was already read inside the wrapped function has ended: the rest of its stream may never be
 * read.
 */
export function watchAiResult(result: Props, watch: CallWatch): boolean {
  const base = ownValue(result, 'baseStream');
  if (!isObject(base) || !isWebStream(base)) return false;
  const steps = statusOf(result, '_steps');
  if (steps?.type === 'resolved') {
    const usage = statusOf(result, '_totalUsage')?.value;
    watch.returned({ usage, totalUsage: usage, steps: steps.value });
    return true;
  }
  if (steps?.type === 'rejected') {
    watch.failed(steps.error);
    return true;
  }
  // Each view of the result takes one branch of the stream and leaves the other for a view that may never be used.
  return watchBranch(base, Branch.of(new PartSink(watch), watch.reading, false));
}

/** The status of one of the result's promises, which the SDK creates only on demand. */
function statusOf(result: Props, key: string): Props | undefined {
  const delayed = ownValue(result, key);
  const status = isObject(delayed) ? ownValue(delayed, 'status') : undefined;
  return isObject(status) ? status : undefined;
}

/** The events of a wrapped call, and the guard between the app's work and the wrapper's hooks. */

import { Reading, type StreamSink } from './doors.js';
import type { Props } from './patch.js';

/**
 * Hooks that `follow` calls while the work goes on. Errors thrown by a hook are ignored. `enter` must be
 * transparent.
 */
export interface CallHooks {
  /** Runs a later step of the work (a generator's next(), a stream's pull) with the call's context active. */
  enter<R>(step: () => R): R;
  /** A chunk the consumer received. Not called once the work is over. */
  chunk(chunk: unknown): void;
  /**
   * The work has returned a stream, or a promise that starts its work when it is awaited. The app may never read
   * either.
   */
  mayStayUnread?(): void;
  /** The work has ended with this value: a plain one, or the result of a promise. */
  returned(value: unknown): void;
  /** The work has ended: a stream was read to its end. */
  streamed(): void;
  /** The work has ended: the consumer left, cancelled or aborted the stream. */
  stopped(): void;
  /** The work has ended: it threw, rejected, or its stream failed. */
  threw(error: unknown): void;
  /** Replaces a final plain value before it is returned. Default: the value itself. */
  map?(value: unknown): unknown;
}

/** True for the error of an aborted operation. Never throws: the name may be a getter of the app. */
export function isAbortError(error: unknown): boolean {
  try {
    return error instanceof Error && error.name === 'AbortError';
  } catch {
    return false;
  }
}

/** The hooks of one call. Never throws, and reports the end once. */
export class CallWatch implements StreamSink {
  private readingIfAny: Reading | undefined;
  private standIns: WeakMap<object, Props> | undefined;
  private over = false;
  private signal: AbortSignal | undefined;
  private pendingSteps = 0;

  constructor(private readonly hooks: CallHooks) {}

  /** The streams in the result. */
  get reading(): Reading {
    this.readingIfAny ??= new Reading();
    return this.readingIfAny;
  }

  /**
   * The object that the app received in place of a followed value: a promise passes one value to each of its consumers.
   */
  standInOf(value: object): Props | undefined {
    return this.standIns?.get(value);
  }

  /** Notes the object that the app receives in place of a stream or a lazy promise, and may never read. */
  standsFor(value: object, target: Props): Props {
    this.standIns ??= new WeakMap();
    this.standIns.set(value, target);
    this.mayStayUnread();
    return target;
  }

  run<R>(step: () => R): R {
    return this.hooks.enter(step);
  }

  chunk(chunk: unknown): void {
    if (this.over) return;
    try {
      this.hooks.chunk(chunk);
    } catch {}
  }

  private mayStayUnread(): void {
    try {
      this.hooks.mayStayUnread?.();
    } catch {}
  }

  returned(value: unknown): unknown {
    this.end('returned', value);
    if (this.hooks.map === undefined) return value;
    try {
      return this.hooks.map(value);
    } catch {
      return value;
    }
  }

  streamed(): void {
    // The SDKs' streams end silently when their controller is aborted.
    this.end(this.signal?.aborted === true ? 'stopped' : 'streamed');
  }

  stopped(): void {
    this.end('stopped');
  }

  threw(error: unknown): void {
    this.end('threw', error);
  }

  /** A stream failed. If it failed because its consumer aborted it, it was stopped. */
  failed(error: unknown): void {
    if (isAbortError(error)) this.stopped();
    else this.threw(error);
  }

  /**
   * Handles an abort between two steps. During a step, the step's outcome is used, because SDKs also abort on a
   * failure.
   */
  followAbort(signal: AbortSignal): void {
    this.signal = signal;
    const onAbort = () => {
      if (this.pendingSteps === 0) this.stopped();
    };
    signal.addEventListener('abort', onAbort, { once: true });
  }

  stepBegins(): void {
    this.pendingSteps++;
  }

  stepEnds(): void {
    this.pendingSteps--;
  }

  private end(how: 'returned' | 'streamed' | 'stopped' | 'threw', detail?: unknown): void {
    if (this.over) return;
    this.over = true;
    try {
      // Each hook is named directly: a call by a variable name takes twenty times as long.
      if (how === 'returned') this.hooks.returned(detail);
      else if (how === 'threw') this.hooks.threw(detail);
      else if (how === 'streamed') this.hooks.streamed();
      else this.hooks.stopped();
    } catch {}
  }
}

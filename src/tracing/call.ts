import { type Attributes, type Context, type Span, type SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { ERROR_TYPE } from '../attributes.js';
import { activeContext, runInContext } from '../otel.js';
import type { CallHooks } from './call-watch.js';
import { closeLink, stateRollUps } from './close.js';
import { errorMessage, errorType } from './error-facts.js';
import { Link } from './link.js';
import { currentMeter, type Meter } from './meter.js';
import { startOwnSpan } from './own-span.js';
import { contextWithLink } from './span-link.js';
import { linkAround } from './start.js';
import { Task } from './task.js';
import { tellTaskEnd } from './task-end.js';

/** How a wrapped call ended. */
export type Ending =
  | { how: 'returned'; value: unknown }
  | { how: 'threw'; error: unknown }
  | { how: 'streamed' }
  | { how: 'stopped' };

/** One wrapped piece of work: its span, its link, and what is done when it ends. */
export abstract class Call implements CallHooks {
  readonly meter: Meter = currentMeter();
  protected readonly link: Link;
  // The one around until the span is there. It is not kept: it may hold a call that has ended, which holds another.
  private context: Context = activeContext();
  private startedSpan: Span | undefined;
  private shiftMillis: number | undefined;

  constructor() {
    this.link = new Link(linkAround(this.meter, this.context));
    this.link.settled = true;
  }

  /** The span of this call, for attributes and events of the app's own. */
  get span(): Span {
    if (this.startedSpan === undefined) throw new Error('the span is there once the call has begun');
    return this.startedSpan;
  }

  /** Starts the span; the link is set up by then. `startTimeMillis` is ms since 1970, now by default. */
  protected begin(name: string, kind: SpanKind, attributes: Attributes, startTimeMillis?: number): void {
    const { link } = this;
    if (link.parent === undefined && link.task === undefined) {
      link.task = new Task(undefined, undefined, link.sessions);
      link.ownTask = link.task;
    }
    const options = {
      kind,
      attributes,
      ...(startTimeMillis !== undefined && { startTime: startTimeMillis }),
    };
    const span = startOwnSpan(link, name, options, this.context);
    this.startedSpan = span;
    if (startTimeMillis !== undefined) this.shiftMillis = startTimeMillis - Date.now();
    link.ownTask?.bindSpan(span, name);
    this.context = contextWithLink(this.context, span, link);
  }

  run<R>(step: () => R): R {
    return runInContext(this.context, step);
  }

  chunk(_chunk: unknown): void {}

  map(value: unknown): unknown {
    return value;
  }

  returned(value: unknown): void {
    this.end({ how: 'returned', value });
  }

  threw(error: unknown): void {
    this.end({ how: 'threw', error });
  }

  streamed(): void {
    this.end({ how: 'streamed' });
  }

  stopped(): void {
    this.end({ how: 'stopped' });
  }

  /** Settles what the call cost, just before its span ends. */
  protected abstract settle(ending: Ending): void;

  /** After the span has ended. */
  protected afterEnd(): void {}

  private end(ending: Ending): void {
    const { link, meter, span } = this;
    try {
      if (ending.how === 'threw') this.markFailed(ending.error);
      this.settle(ending);
      stateRollUps(link, span);
    } catch (error) {
      meter.caught(error);
    }
    try {
      // A replay that starts in the past ends there too.
      span.end(this.shiftMillis === undefined ? undefined : Date.now() + this.shiftMillis);
    } catch (error) {
      meter.caught(error);
    }
    try {
      closeLink(meter, link);
      this.afterEnd();
      if (link.ownTask?.isStated) tellTaskEnd(meter, link.ownTask);
    } catch (error) {
      meter.caught(error);
    }
  }

  protected markFailed(error: unknown): void {
    if (!this.span.isRecording()) return;
    this.span.setStatus({ code: SpanStatusCode.ERROR, message: errorMessage(error) });
    this.span.setAttribute(ERROR_TYPE, errorType(error));
  }
}

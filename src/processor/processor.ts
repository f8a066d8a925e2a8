import type { Context, Span } from '@opentelemetry/api';
import { meteringVersion } from '../copies.js';
import type { TaskStats } from '../ledger/task-tally.js';
import { resolveContext, type SdkSpan } from '../otel.js';
import { closeLink, stateRollUps } from '../pipeline/close.js';
import { joinSession, startForeign } from '../pipeline/start.js';
import { tellTaskEnd } from '../pipeline/task-end.js';
import {
  isCurrentMeter,
  isWaitingMeter,
  Meter,
  type MeterStats,
  registerMeter,
  unregisterMeter,
} from '../runtime/meter.js';
import type { CostOptions } from '../runtime/options.js';
import type { Link } from '../spans/link.js';
import { takeStarting } from '../spans/own-span.js';
import { attachToRecorded, detachFromContext, linkOf } from '../spans/span-link.js';
import { warnOnce } from '../warnings.js';
import { settleForeign, settleOtherVersion } from './foreign.js';

/** What was dropped because a table was full. */
interface Evictions {
  sessionEvictions: number;
  /** Values of attribution keys whose budget starts anew when they come back. */
  budgetEvictions: number;
}

/**
 * Prices the LLM and tool spans of other instrumentations, and states what agents, tasks and sessions cost. Put it
 * before the exporting processor: `spanProcessors: [new CostSpanProcessor(), new BatchSpanProcessor(exporter)]`.
 *
 * The first one constructed and not shut down is the process's meter, for wrappers too; another one does nothing.
 * Its methods never throw. Fits `SpanProcessor` of the OpenTelemetry SDK 2.x and 3.x.
 */
export class CostSpanProcessor {
  private readonly meter: Meter;
  private readonly standsBack: boolean;

  /** Throws `InvalidOptionError` when an option is wrong; nothing throws after that. */
  constructor(options: CostOptions = {}) {
    this.meter = new Meter(options);
    // Asked before this one is entered; where another version was first, its processor has the spans of others.
    this.standsBack = meteringVersion() !== undefined;
    if (!registerMeter(this.meter) || this.standsBack) this.meter.stats.ignoredProcessors += 1;
  }

  /** What went wrong or was left out so far, counted. */
  get stats(): Readonly<MeterStats & Evictions> {
    const { stats, sessions, budgetEvictions } = this.meter;
    return { ...stats, sessionEvictions: sessions.evictions, budgetEvictions };
  }

  /**
   * What tasks cost by their name, and by what they delivered: the outermost tasks that the app declared, as they stand
   * now. 1,000 names are kept apart; tasks of further ones are counted as `(other)`.
   */
  taskStats(): readonly TaskStats[] {
    return this.meter.taskTallies.stats();
  }

  onStart(span: Span, parentContext: Context): void {
    const own = takeStarting(span);
    try {
      if (own !== undefined) attachToRecorded(span, own);
      // A processor listed twice, or another one listed before, has entered the span already.
      else if (this.isMetering && linkOf(span) === undefined) {
        startForeign(this.meter, span, resolveContext(parentContext));
      } else if (isWaitingMeter(this.meter)) {
        warnOnce('a second CostSpanProcessor does nothing while the first one is not shut down');
      }
    } catch (error) {
      this.meter.caught(error);
    }
  }

  /** The span still takes attributes. There since SDK 2.3. */
  onEnding(span: Span): void {
    if (!this.isMetering) return;
    try {
      const link = linkOf(span);
      if (link !== undefined && !link.settled) this.settle(span, link);
    } catch (error) {
      this.meter.caught(error);
    }
  }

  onEnd(span: object): void {
    try {
      if (!isSpan(span)) return;
      detachFromContext(span);
      const link = this.isMetering ? linkOf(span) : undefined;
      if (link === undefined) return;
      // An SDK without onEnding: the span is written past its end, before it is exported.
      if (!link.settled) this.settle(span, link);
      closeLink(this.meter, link);
    } catch (error) {
      this.meter.caught(error);
    }
  }

  /** Nothing is held back. Resolves at once. */
  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  /** Hands the metering on to the next processor, or to a meter with default options. May be called again. */
  shutdown(): Promise<void> {
    unregisterMeter(this.meter);
    return Promise.resolve();
  }

  private get isMetering(): boolean {
    return !this.standsBack && isCurrentMeter(this.meter);
  }

  private settle(span: SdkSpan, link: Link): void {
    if (link.isOfOtherVersion) {
      settleOtherVersion(link, span);
      return;
    }
    const task = link.ownTask;
    if (task !== undefined && task.sessions === undefined && span.attributes !== undefined) {
      joinSession(this.meter, link, span.attributes);
      task.joinLate(link.sessions);
    }
    settleForeign(this.meter, link, span);
    stateRollUps(link, span);
    if (task?.isStated) tellTaskEnd(this.meter, task, link);
  }
}

function isSpan(span: object): span is SdkSpan {
  return 'spanContext' in span;
}

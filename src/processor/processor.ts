import type { Context, Span } from '@opentelemetry/api';
import { meteringVersion } from '../copies.js';
import type { TaskStats } from '../ledger/task-tally.js';
import { resolveContext, type SdkSpan } from '../otel.js';
import { closeRecord, stateRollUps } from '../pipeline/close.js';
import { joinSession, startForeign } from '../pipeline/start.js';
import { tellTaskEnd } from '../pipeline/task-end.js';
import type { CostOptions } from '../runtime/options.js';
import {
  isCurrentRuntime,
  isWaitingRuntime,
  type MeterStats,
  Runtime,
  registerRuntime,
  unregisterRuntime,
} from '../runtime/runtime.js';
import { takeStarting } from '../spans/own-span.js';
import { attachToRecorded, detachFromContext, recordOf } from '../spans/record-lookup.js';
import type { SpanRecord } from '../spans/span-record.js';
import { warnOnce } from '../warnings.js';
import { settleForeign, settleOtherVersion } from './foreign.js';

/** Counts of entries dropped because a table was full. */
interface Evictions {
  sessionEvictions: number;
  /** Attribution values whose budget starts again from zero when they return. */
  budgetEvictions: number;
}

/**
 * Prices the LLM and tool spans of other instrumentations, and states what agents, tasks and sessions cost. Put it
 * before the exporting processor: `spanProcessors: [new CostSpanProcessor(), new BatchSpanProcessor(exporter)]`.
 *
 * The first one constructed and not shut down is the process's runtime, for wrappers too; another one does nothing.
 * Its methods never throw. Fits `SpanProcessor` of the OpenTelemetry SDK 2.x and 3.x.
 */
export class CostSpanProcessor {
  private readonly runtime: Runtime;
  private readonly standsBack: boolean;

  /** Throws `InvalidOptionError` when an option is wrong; nothing throws after that. */
  constructor(options: CostOptions = {}) {
    this.runtime = new Runtime(options);
    // Asked before this one is entered; where another version was first, its processor has the spans of others.
    this.standsBack = meteringVersion() !== undefined;
    if (!registerRuntime(this.runtime) || this.standsBack) this.runtime.stats.ignoredProcessors += 1;
  }

  /** Counts of errors and of dropped entries so far. */
  get stats(): Readonly<MeterStats & Evictions> {
    const { stats, sessions, budgetEvictions } = this.runtime;
    return { ...stats, sessionEvictions: sessions.evictions, budgetEvictions };
  }

  /**
   * What tasks cost by their name, and by what they delivered: the outermost tasks that the app declared, as they stand
   * now. 1,000 names are kept apart; tasks of further ones are counted as `(other)`.
   */
  taskStats(): readonly TaskStats[] {
    return this.runtime.taskTallies.stats();
  }

  onStart(span: Span, parentContext: Context): void {
    const own = takeStarting(span);
    try {
      if (own !== undefined) attachToRecorded(span, own);
      // A processor listed twice, or another one listed before, has entered the span already.
      else if (this.isMetering && recordOf(span) === undefined) {
        startForeign(this.runtime, span, resolveContext(parentContext));
      } else if (isWaitingRuntime(this.runtime)) {
        warnOnce('a second CostSpanProcessor does nothing while the first one is not shut down');
      }
    } catch (error) {
      this.runtime.caught(error);
    }
  }

  /** The span still takes attributes. There since SDK 2.3. */
  onEnding(span: Span): void {
    if (!this.isMetering) return;
    try {
      const record = recordOf(span);
      if (record !== undefined && !record.settled) this.settle(span, record);
    } catch (error) {
      this.runtime.caught(error);
    }
  }

  onEnd(span: object): void {
    try {
      if (!isSpan(span)) return;
      detachFromContext(span);
      const record = this.isMetering ? recordOf(span) : undefined;
      if (record === undefined) return;
      // An SDK without onEnding: the span is written past its end, before it is exported.
      if (!record.settled) this.settle(span, record);
      closeRecord(this.runtime, record);
    } catch (error) {
      this.runtime.caught(error);
    }
  }

  /** Nothing is held back. Resolves at once. */
  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  /** Hands the metering on to the next processor, or to a runtime with default options. May be called again. */
  shutdown(): Promise<void> {
    unregisterRuntime(this.runtime);
    return Promise.resolve();
  }

  private get isMetering(): boolean {
    return !this.standsBack && isCurrentRuntime(this.runtime);
  }

  private settle(span: SdkSpan, record: SpanRecord): void {
    if (record.isOfOtherVersion) {
      settleOtherVersion(record, span);
      return;
    }
    const task = record.ownTask;
    if (task !== undefined && task.sessions === undefined && span.attributes !== undefined) {
      joinSession(this.runtime, record, span.attributes);
      task.joinLate(record.sessions);
    }
    settleForeign(this.runtime, record, span);
    stateRollUps(record, span);
    if (task?.isStated) tellTaskEnd(this.runtime, task, record);
  }
}

function isSpan(span: object): span is SdkSpan {
  return 'spanContext' in span;
}

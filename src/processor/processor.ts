import type { Context, Span } from '@opentelemetry/api';
import { meteringVersion, reportOthers } from '../copies.js';
import { resolveContext } from '../otel.js';
import { closeRecord, stateRollUps } from '../pipeline/close.js';
import { emptyPockets } from '../pipeline/pockets.js';
import { chargeToCaller, recordAround } from '../pipeline/record-around.js';
import { joinSession, startForeign } from '../pipeline/start.js';
import { type PriceRefresh, type PriceRefreshOptions, refreshPrices } from '../pricing/price-refresh.js';
import {
  isCurrentRuntime,
  isWaitingRuntime,
  registerRuntime,
  unregisterRuntime,
} from '../runtime/current-runtime.js';
import type { CostSpanProcessorOptions } from '../runtime/processor-options.js';
import { Runtime } from '../runtime/runtime.js';
import { currentSharing } from '../runtime/sharing.js';
import type { SdkSpan } from '../sdk-span.js';
import { instantChild, takeStarting } from '../spans/own-span.js';
import { attachToRecorded, detachFromContext, recordOf } from '../spans/record-lookup.js';
import { SpanRecord } from '../spans/span-record.js';
import type { ProcessorStats, TaskStats } from '../stats.js';
import { PACKAGE_NAME } from '../version.js';
import { warnOnce } from '../warnings.js';
import { settleForeign, settleOtherVersion } from './foreign.js';

/**
 * Prices the LLM and tool spans of other instrumentations, and writes the cost of agents, tasks and sessions on their
 * spans. Put it before the exporting processor.
 *
 * The first processor that is not shut down provides the runtime of the process, for wrappers too. Any further one does
 * nothing. Its methods never throw. Implements `SpanProcessor` of the OpenTelemetry SDK 2.x and 3.x.
 *
 * @example
 * const tools = { web_search: { costUsd: 0.005 } };
 * const provider = new NodeTracerProvider({
 *   spanProcessors: [new CostSpanProcessor({ tools }), new BatchSpanProcessor(exporter, exportSettings().batch)],
 * });
 */
export class CostSpanProcessor {
  private readonly runtime: Runtime;
  private readonly standsBack: boolean;

  /** Throws `InvalidOptionError` if an option is invalid. Nothing else throws. */
  constructor(options: CostSpanProcessorOptions = {}) {
    this.runtime = new Runtime(options, instantChild);
    // Read before this runtime is registered. If another version was first, its processor meters other
    // instrumentations' spans.
    this.standsBack = meteringVersion() !== undefined;
    if (registerRuntime(this.runtime) && !this.standsBack) return;
    this.runtime.stats.ignoredProcessors += 1;
    if (options.budgets !== undefined) {
      warnOnce(
        'a second CostSpanProcessor does nothing until the first one is shut down: its budgets are not in force. ' +
          'With `register`, name them in agent-cost.json',
      );
    }
  }

  /** Errors, omissions and dropped entries so far: a snapshot. */
  get stats(): ProcessorStats {
    const { stats, sessions, budgetEvictions, charges, unreadUsage } = this.runtime;
    return {
      ...stats,
      sessionEvictions: sessions.evictions,
      budgetEvictions,
      chargeEvictions: charges.evictions,
      unreadUsage: unreadUsage.paths,
    };
  }

  /**
   * The current cost of outermost declared tasks, by task name, in total and per delivered action. Up to 1,000 names
   * are kept; tasks with further names are counted as `(other)`.
   */
  taskStats(): readonly TaskStats[] {
    return this.runtime.taskTallies.stats();
  }

  /**
   * Replaces the price list by newer data of genai-prices, from the file or URL that you name. Nothing is ever loaded
   * by itself. Always resolves: with `updated: false` and the reason, the former prices stay in force. Calls that were
   * priced before keep their price. The list is that of the process, also for your own use of genai-prices.
   */
  refreshPrices(options: PriceRefreshOptions): Promise<PriceRefresh> {
    return refreshPrices(options);
  }

  /** Called by the SDK when a span starts. */
  onStart(span: Span, parentContext: Context): void {
    const own = takeStarting(span);
    try {
      if (own !== undefined) attachToRecorded(span, own);
      // The span already has a record if this processor is listed twice, or another one before it.
      else if (this.isMetering && recordOf(span) === undefined) {
        this.startForeign(span, resolveContext(parentContext));
      } else if (isWaitingRuntime(this.runtime)) {
        warnOnce('a second CostSpanProcessor does nothing until the first one is shut down');
      }
    } catch (error) {
      this.runtime.caught(error);
    }
  }

  /** Called just before a span ends, when it still accepts attributes. Only by SDK 2.3 and later. */
  onEnding(span: Span): void {
    if (!this.isMetering) return;
    try {
      const record = recordOf(span);
      if (record !== undefined && !record.settled) this.settle(span, record);
    } catch (error) {
      this.runtime.caught(error);
    }
  }

  /** Called by the SDK when a span has ended. */
  onEnd(span: object): void {
    try {
      if (!isSpan(span)) return;
      detachFromContext(span);
      const record = this.isMetering ? recordOf(span) : undefined;
      if (record === undefined) return;
      // The SDK has no `onEnding`: the attributes are written after the end of the span, before it is exported.
      if (!record.settled) this.settle(span, record);
      closeRecord(this.runtime, record);
    } catch (error) {
      this.runtime.caught(error);
    }
  }

  /**
   * Ends the spans of tasks that have ended and wait for the costs of other processes; a span `cost correction` follows.
   * Resolves immediately, because nothing else is buffered.
   */
  forceFlush(): Promise<void> {
    this.endWaiting();
    return Promise.resolve();
  }

  /**
   * Passes the metering on to the next processor, or to a runtime with default options. May be called more than once.
   */
  shutdown(): Promise<void> {
    this.endWaiting();
    if (this.isMetering) this.runtime.guard(() => emptyPockets(this.runtime));
    unregisterRuntime(this.runtime);
    return Promise.resolve();
  }

  private endWaiting(): void {
    if (this.isMetering) this.runtime.guard(() => currentSharing()?.views?.writeNow());
  }

  private get isMetering(): boolean {
    return !this.standsBack && isCurrentRuntime(this.runtime);
  }

  private startForeign(span: SdkSpan, ctx: Context): void {
    const { runtime } = this;
    const around = recordAround(runtime, ctx, span);
    const record = new SpanRecord(around);
    attachToRecorded(span, record);
    if (around === undefined) chargeToCaller(runtime, record, ctx);
    record.isOfOtherVersion = span.instrumentationScope?.name === PACKAGE_NAME;
    if (!record.isOfOtherVersion) startForeign(runtime, record, span, around);
    // Another version may have been loaded after this one. Checking once per trace is enough.
    if (record.isOfOtherVersion || record.parent === undefined) reportOthers();
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
    stateRollUps(this.runtime, record, span);
  }
}

function isSpan(span: object): span is SdkSpan {
  return 'spanContext' in span;
}

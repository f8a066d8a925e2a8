import { type Span, trace } from '@opentelemetry/api';
import { MAX_POST_USD } from '../money.js';
import { activeContext } from '../otel.js';
import { chargeOnChild } from '../pipeline/charge.js';
import type { CallHooks } from '../results/call-watch.js';
import { follow } from '../results/follow.js';
import { currentRuntime } from '../runtime/current-runtime.js';
import { addListener } from '../runtime/listeners.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Bill } from '../spans/bill.js';
import { recordIn } from '../spans/record-lookup.js';
import type { SpanRecord } from '../spans/span-record.js';
import type { Task } from '../spans/task.js';
import { expectKnownKeys, expectNumber, expectRecord } from '../validate.js';
import { warnOnce } from '../warnings.js';
import { BusyTime } from './busy-time.js';
import { billOf } from './compute-call.js';

/** Options of `withLoopOverhead`. */
export interface LoopOverheadOptions {
  /** USD for one vCPU for one hour, from 0 to 1,000,000. */
  vcpuHourUsd: number;
  /** vCPUs that are reserved for the loop. From 0; default 1. */
  vcpus?: number | undefined;
}

const MILLIS_PER_SECOND = 1000;
const SECONDS_PER_HOUR = 3600;
const MAX_VCPUS = 1e6;
const NAME = 'agent_loop';

/**
 * Runs an agent's loop and bills its own time: its duration minus the time in which an LLM call, a tool call or a
 * `withCompute` of the enclosing task was running. The bill is a span `cost agent_loop`, created when `fn` is done.
 * Waiting for anything unmetered counts as the loop's own time. Outside a task, nothing is billed.
 */
export function withLoopOverhead<R>(options: LoopOverheadOptions, fn: () => R): R {
  const ctx = activeContext();
  const record = recordIn(ctx);
  if (record?.task === undefined) {
    warnOnce('withLoopOverhead is outside any task: nothing is billed');
    return fn();
  }
  return follow(fn, new LoopWatch(readOptions(options), record, record.task, trace.getSpan(ctx)));
}

interface LoopRates {
  readonly vcpuHourUsd: number;
  readonly vcpus: number;
}

/** NaN for invalid options, which is refused when it is billed. */
function readOptions(options: LoopOverheadOptions): LoopRates {
  try {
    const path = 'withLoopOverhead options';
    const given = expectRecord(path, options);
    expectKnownKeys(path, given, ['vcpuHourUsd', 'vcpus']);
    return {
      vcpuHourUsd: expectNumber(`${path}.vcpuHourUsd`, given.vcpuHourUsd, 0, MAX_POST_USD),
      vcpus: expectNumber(`${path}.vcpus`, given.vcpus ?? 1, 0, MAX_VCPUS),
    };
  } catch (error) {
    warnOnce('options of withLoopOverhead cannot be used; its cost is unknown', error);
    return { vcpuHourUsd: Number.NaN, vcpus: 1 };
  }
}

/** From the start of one loop to its end. */
class LoopWatch implements CallHooks {
  private readonly runtime: Runtime = currentRuntime();
  private readonly startMillis = performance.now();
  private readonly busy = new BusyTime(Date.now());
  private readonly stopListening: () => void;

  constructor(
    private readonly options: LoopRates,
    private readonly record: SpanRecord,
    private readonly task: Task,
    private readonly span: Span | undefined,
  ) {
    this.stopListening = addListener({
      billed: (bill, of) => this.note(bill, of),
      taskEnded: () => {},
    });
  }

  enter<R>(step: () => R): R {
    return step();
  }

  chunk(): void {}

  returned(): void {
    this.end(false);
  }

  streamed(): void {
    this.end(false);
  }

  stopped(): void {
    this.end(false);
  }

  threw(): void {
    this.end(true);
  }

  /** A call was billed, so it ends now. Its start time is known for calls of models, tools and compute. */
  private note(bill: Bill, record: SpanRecord): void {
    const startMillis = bill.subject?.timeMillis;
    if (startMillis === undefined) return;
    for (let at = record.task; at !== undefined; at = at.around) {
      if (at === this.task) this.busy.add(startMillis, Date.now());
    }
  }

  private end(failed: boolean): void {
    const { runtime, options, busy } = this;
    this.stopListening();
    // Calls are timed by the wall clock, which may jump. The loop itself is not, so a jump adds no cost.
    const millis = Math.max(0, performance.now() - this.startMillis - busy.millis);
    const seconds = millis / MILLIS_PER_SECOND;
    const vcpuHours = (seconds * options.vcpus) / SECONDS_PER_HOUR;
    const bill = billOf(runtime, { vcpuHourUsd: options.vcpuHourUsd }, { vcpuHours }, seconds);
    bill.isOfFailedCall = failed;
    chargeOnChild(runtime, this.record, this.span, NAME, bill);
  }
}

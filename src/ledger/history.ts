import type { Pico } from '../money.js';
import { Memo } from '../pricing/memo.js';

/** Statistics of one tool's or model's earlier calls. */
export interface CallRecord {
  /** The number of costs in the mean. 0 when only `givesPromise` is known. */
  calls: number;
  meanPico: Pico;
  meanTokens: number;
  /** Whether its functions have always returned promises. Undefined: none has been called. */
  givesPromise: boolean | undefined;
}

/** The most tools and models kept. An app has tens. A table full of invented names is emptied and soon refilled. */
const MAX_RECORDS = 2000;

/** The window of a mean, in calls: long enough to be steady, short enough to follow a changing price. */
const MEAN_CALLS = 100;

/** Running means by tool and model. They estimate a call that has no other estimate. */
export class CallHistory {
  private readonly records = new Memo<CallRecord>(MAX_RECORDS);

  /** Records dropped because the table was full. */
  get evicted(): number {
    return this.records.evicted;
  }

  find(kind: 'llm' | 'tool', name: string): CallRecord | undefined {
    return this.records.get(kind, name);
  }

  learn(kind: 'llm' | 'tool', name: string, pico: Pico, tokens: number): void {
    const record = this.record(kind, name);
    record.calls += 1;
    const weight = 1 / Math.min(record.calls, MEAN_CALLS);
    record.meanPico += (pico - record.meanPico) * weight;
    record.meanTokens += (tokens - record.meanTokens) * weight;
  }

  noteForm(kind: 'llm' | 'tool', name: string, givesPromise: boolean): void {
    const record = this.record(kind, name);
    // A name may stand for several functions. A promise in place of a stream would break the app.
    record.givesPromise = givesPromise && record.givesPromise !== false;
  }

  private record(kind: 'llm' | 'tool', name: string): CallRecord {
    let record = this.records.get(kind, name);
    if (record === undefined) {
      record = { calls: 0, meanPico: 0, meanTokens: 0, givesPromise: undefined };
      this.records.set(kind, name, record);
    }
    return record;
  }
}

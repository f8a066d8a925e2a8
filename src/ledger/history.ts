import type { Pico } from '../money.js';
import { Memo } from '../pricing/memo.js';

/** What earlier calls of one tool or model were like. */
export interface CallRecord {
  /** How many costs are in the mean; 0 while only the form of the answer is known. */
  calls: number;
  meanPico: Pico;
  meanTokens: number;
  /** Its function gave a promise when last called. */
  givesPromise: boolean;
}

/** Tools and models told apart. An app has tens; a table full of made-up names is emptied and soon back. */
const MAX_RECORDS = 2000;

/** How far back a mean looks, in calls: far enough to be steady, near enough to follow a price that changes. */
const MEAN_CALLS = 100;

/** Running means by tool and model: the estimate of a call that has no other. */
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
    this.record(kind, name).givesPromise = givesPromise;
  }

  private record(kind: 'llm' | 'tool', name: string): CallRecord {
    let record = this.records.get(kind, name);
    if (record === undefined) {
      record = { calls: 0, meanPico: 0, meanTokens: 0, givesPromise: false };
      this.records.set(kind, name, record);
    }
    return record;
  }
}

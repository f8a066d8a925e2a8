/** The calls to other processes that carried the identity of a task of this process. */
import { Account } from '../../ledger/account.js';
import type { Scope } from '../../ledger/scope.js';
import type { SpanRecord } from '../../spans/span-record.js';
import { sentTasks } from '../identity/task-chain.js';
import { NumberRanges } from './number-ranges.js';

export class SentCalls {
  private readonly losses = new WeakMap<Scope, number>();
  private readonly latest = new WeakMap<Scope, number>();
  private readonly numbers = new WeakMap<Scope, NumberRanges>();

  constructor(
    private readonly store: { readonly losses: number },
    /** Called for a call that is made in a task that has ended. */
    private readonly noteLate: (scope: Scope) => void,
  ) {}

  /** How often the store had lost its data before the first call of a task. */
  lossesBefore(scope: Scope): number {
    return this.losses.get(scope) ?? 0;
  }

  /** The number of a new call of a task: unique in the outermost task of this process. */
  next(record: SpanRecord): number {
    const { task } = record;
    if (task === undefined) return 0;
    for (let at: SpanRecord | undefined = record; at !== undefined; at = at.parent) {
      if (at.tool !== undefined) at.tool.hasCalledOthers = true;
    }
    const outermost = task.outermost.ensureScope();
    const number = (this.latest.get(outermost) ?? 0) + 1;
    this.latest.set(outermost, number);
    for (const at of sentTasks(task)) this.add(at.ensureScope(), number);
    return number;
  }

  /** The calls made in a task and in the tasks inside it. Undefined if there were none. */
  of(scope: Scope): NumberRanges | undefined {
    return this.numbers.get(scope);
  }

  private add(scope: Scope, number: number): void {
    let numbers = this.numbers.get(scope);
    if (numbers === undefined) {
      numbers = new NumberRanges();
      this.numbers.set(scope, numbers);
      this.losses.set(scope, this.store.losses);
    }
    numbers.add(number);
    // Until its view is read, and without one for good: closing the connection must not make a task look complete.
    scope.account.remote ??= new Account();
    scope.account.remote.openCalls += 1;
    if (scope.ended) this.noteLate(scope);
  }
}

/** The calls that wait for room in one budget, in the order of their arrival. */

/** A call that waits. */
export interface InLine {
  /** The line of the budget that has no room for it. It also waits in those of the other budgets around it. */
  readonly blockedIn: WaitingLine | undefined;
  /** Tries to get room. It leaves the line if it succeeds, or if waiting no longer helps. */
  tryAgain(isForced: boolean): void;
}

/** Calls at the head that are tried at once when a call has ended, so that its end stays cheap. */
const TRIES_AT_ONCE = 16;

/** Calls that are tried per turn of the event loop, until all have been tried: about a tenth of a millisecond. */
const TRIES_PER_TURN = 64;

/**
 * How often later calls may be admitted before the first one in line. Without a limit, a large call would wait as long
 * as small ones keep arriving. With 0, small calls would wait behind a large one although there is room for them.
 */
const MAX_PASSED_OVER = 16;

/** Shared; nothing is added to it. */
const NOBODY: ReadonlySet<InLine> = new Set();

export class WaitingLine {
  /** Created for the first call that waits, because there may be many budgets. */
  private made: Set<InLine> | undefined;
  private head: InLine | undefined;
  private passedOver = 0;
  /** The position of the pass over the whole line. Undefined between passes. */
  private pass: Iterator<InLine> | undefined;
  private isAskedAgain = false;
  private isForced = false;

  private get line(): ReadonlySet<InLine> {
    return this.made ?? NOBODY;
  }

  get size(): number {
    return this.line.size;
  }

  add(call: InLine): void {
    this.made ??= new Set();
    this.made.add(call);
  }

  delete(call: InLine): void {
    const wasFirst = this.first === call;
    this.made?.delete(call);
    if (this.head !== call) return;
    this.head = undefined;
    this.passedOver = 0;
    // The other calls may have waited only for this one.
    if (wasFirst && this.line.size > 0) this.wakeAll(false);
  }

  /** The call that must be admitted before all others outside a running call. Undefined while it can still wait. */
  get first(): InLine | undefined {
    return this.passedOver >= MAX_PASSED_OVER && this.head?.blockedIn === this ? this.head : undefined;
  }

  /** The first call that this budget has no room for, among those that are checked. */
  private firstBlocked(): InLine | undefined {
    let looks = 0;
    for (const call of this.line) {
      if (call.blockedIn === this) return call;
      looks += 1;
      if (looks === TRIES_AT_ONCE) break;
    }
    return undefined;
  }

  /** Called when a call has been admitted, before it leaves the line. */
  noteAdmitted(call: InLine | undefined): void {
    const head = this.firstBlocked();
    if (head === undefined || head === call) return;
    if (head !== this.head) this.passedOver = 0;
    this.head = head;
    this.passedOver += 1;
  }

  /**
   * Tries every call in line, because room may have been released: the first ones at once, the others in later turns.
   * `isForced`: also those that wait for a call that is still in flight, because a limit has been reached or changed.
   */
  wake(isForced = false): void {
    if (this.line.size === 0) return;
    let tries = 0;
    for (const call of this.line) {
      call.tryAgain(isForced);
      tries += 1;
      if (tries === TRIES_AT_ONCE) break;
    }
    if (this.line.size > TRIES_AT_ONCE) this.wakeAll(isForced);
  }

  private wakeAll(isForced: boolean): void {
    this.isForced ||= isForced;
    this.isAskedAgain = true;
    if (this.pass === undefined) this.startPass();
  }

  private startPass(): void {
    this.isAskedAgain = false;
    this.pass = this.line.values();
    // The calls in line keep the process alive with timers of their own.
    setTimeout(() => this.tryNext(), 0);
  }

  private tryNext(): void {
    const { pass } = this;
    for (let tries = 0; pass !== undefined && tries < TRIES_PER_TURN; tries++) {
      const next = pass.next();
      if (next.done) {
        this.endPass();
        return;
      }
      next.value.tryAgain(this.isForced);
    }
    setTimeout(() => this.tryNext(), 0);
  }

  private endPass(): void {
    this.pass = undefined;
    if (this.isAskedAgain && this.line.size > 0) this.startPass();
    else this.isForced = false;
  }
}

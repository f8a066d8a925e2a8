import { type Pico, UsdSum } from '../money.js';
import type { Session } from './sessions.js';

interface Share {
  readonly spent: UsdSum;
  readonly wasted: UsdSum;
}

/**
 * Sessions looked after inside one task: a task has one or two as a rule, and a row is some 200 bytes. Beyond it what
 * was spent in the one entered first stays as it is when the task fails.
 */
const MAX_SESSIONS = 1_000;

/** What a task spent in sessions that were entered inside it: wasted there, too, when the task fails. */
export class SessionsInside {
  private readonly shares = new Map<Session, Share>();

  add(session: Session, pico: Pico, wastedPico: Pico): void {
    let share = this.shares.get(session);
    if (share === undefined) {
      if (this.shares.size >= MAX_SESSIONS) this.dropFirst();
      share = { spent: new UsdSum(), wasted: new UsdSum() };
      this.shares.set(session, share);
    }
    share.spent.add(pico);
    share.wasted.add(wastedPico);
  }

  /** A task further in failed: that much of what was spent in a session is wasted already. */
  addWaste(session: Session, waste: UsdSum): void {
    this.shares.get(session)?.wasted.addSum(waste);
  }

  /** What was spent in each session and is not wasted yet. */
  *stillCounted(): Iterable<[Session, UsdSum]> {
    for (const [session, { spent, wasted }] of this.shares) yield [session, spent.minus(wasted)];
  }

  private dropFirst(): void {
    for (const first of this.shares.keys()) {
      this.shares.delete(first);
      break;
    }
  }
}

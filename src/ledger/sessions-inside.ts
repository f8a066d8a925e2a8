import { type Pico, UsdSum } from '../money.js';
import type { Session } from './sessions.js';

interface Share {
  readonly spent: UsdSum;
  readonly wasted: UsdSum;
}

/**
 * The most sessions tracked inside one task. Most tasks have one or two; a row takes about 200 bytes. Beyond this,
 * the session entered first is dropped, and its amounts do not become waste if the task fails.
 */
const MAX_SESSIONS = 1_000;

/**
 * The amounts that a task spent in sessions entered inside it. They become waste there too if the task fails. Example: a
 * worker's task reads a user's message from a queue, and enters the session that the message names.
 */
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

  /** Records that an inner task failed, so that this amount is already wasted in the session. */
  addWaste(session: Session, waste: UsdSum): void {
    this.shares.get(session)?.wasted.addSum(waste);
  }

  /** The amount in each session that is not yet wasted. */
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

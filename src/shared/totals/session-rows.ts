/** The parts of this process in its sessions. */
import type { Session } from '../../ledger/sessions.js';
import type { RemoteWaste } from './remote-waste.js';
import { textOfPart } from './row-part.js';
import type { PostedRow, RowWriter } from './row-posts.js';

const NOTHING_RECEIVED: ReadonlyMap<string, never> = new Map<string, never>();

export class SessionRow implements PostedRow {
  readonly key;
  readonly depth = 0;
  private readonly lossesBefore: number;

  constructor(
    private readonly session: Session,
    readonly writer: RowWriter,
    readonly keepMillis: number,
    private readonly store: { readonly losses: number },
    private readonly waste: RemoteWaste,
  ) {
    this.lossesBefore = store.losses;
    this.key = { kind: 'session', id: session.id } as const;
  }

  /** True if the store has lost data of the session since this process first worked in it. */
  get isPartial(): boolean {
    return this.store.losses > this.lossesBefore;
  }

  text(): string {
    const { account, tasks, successfulTasks, actions } = this.session;
    return textOfPart({
      account,
      moreWaste: this.waste.of(this.session),
      isPartial: this.isPartial,
      counts: { tasks, successfulTasks, actions },
      open: 0,
      received: NOTHING_RECEIVED,
    });
  }
}

/**
 * Kept with the session, and not with the connection: a process that closes its connection and makes another one continues
 * its part.
 */
const writers = new WeakMap<Session, RowWriter>();

/** A session that was dropped by this process and is entered again has a new part beside the former one. */
export class SessionRows {
  private readonly bySession = new WeakMap<Session, SessionRow>();

  constructor(
    private readonly newWriter: () => string,
    private readonly keepMillis: number,
    private readonly store: { readonly losses: number },
    private readonly waste: RemoteWaste,
  ) {}

  /** Undefined for a session that nothing was posted for. */
  known(session: Session): SessionRow | undefined {
    return this.bySession.get(session);
  }

  of(session: Session): SessionRow {
    let row = this.bySession.get(session);
    if (row === undefined) {
      const writer = writers.get(session) ?? { name: this.newWriter(), version: 0 };
      writers.set(session, writer);
      row = new SessionRow(session, writer, this.keepMillis, this.store, this.waste);
      this.bySession.set(session, row);
    }
    return row;
  }
}

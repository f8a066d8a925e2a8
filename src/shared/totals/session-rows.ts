/** The parts of this process in its sessions. */
import type { Session } from '../../ledger/sessions.js';
import type { RemoteWaste } from './remote-waste.js';
import { textOfPart } from './row-part.js';
import type { PostedRow } from './row-posts.js';

const NOTHING_RECEIVED: ReadonlyMap<string, never> = new Map<string, never>();

export class SessionRow implements PostedRow {
  readonly key;
  readonly depth = 0;

  constructor(
    private readonly session: Session,
    readonly writer: string,
    readonly keepMillis: number,
    /** How often the store had lost its data when this process first saw the session. */
    readonly lossesBefore: number,
    private readonly waste: RemoteWaste,
  ) {
    this.key = { kind: 'session', id: session.id } as const;
  }

  text(): string {
    const { account, tasks, successfulTasks, actions } = this.session;
    return textOfPart({
      account,
      moreWaste: this.waste.of(this.session),
      counts: { tasks, successfulTasks, actions },
      open: 0,
      received: NOTHING_RECEIVED,
    });
  }
}

/** A session that was dropped by this process and is entered again has a new part beside the former one. */
export class SessionRows {
  private readonly bySession = new WeakMap<Session, SessionRow>();

  constructor(
    private readonly newWriter: () => string,
    private readonly keepMillis: number,
    private readonly store: { readonly losses: number },
    private readonly waste: RemoteWaste,
  ) {}

  of(session: Session): SessionRow {
    let row = this.bySession.get(session);
    if (row === undefined) {
      row = new SessionRow(session, this.newWriter(), this.keepMillis, this.store.losses, this.waste);
      this.bySession.set(session, row);
    }
    return row;
  }
}

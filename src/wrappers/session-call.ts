import { SpanKind } from '@opentelemetry/api';
import { SESSION_ID } from '../attributes.js';
import type { SessionHandle } from '../handles.js';
import { ALL_MEASURES, readBudget } from '../ledger/budget-terms.js';
import type { Session } from '../ledger/sessions.js';
import { notifySessionEnded } from '../runtime/listeners.js';
import type { Totals } from '../totals.js';
import type { SessionOptions } from './options.js';
import { isAround, ScopeCall } from './scope-call.js';

export class SessionCall extends ScopeCall implements SessionHandle {
  private readonly session: Session;

  constructor(options: SessionOptions) {
    const terms = readBudget('withSession', options, ALL_MEASURES, true);
    super();
    const { record, runtime } = this;
    this.takeAttribution(options);
    const entry = runtime.enterSession(options.id, record.sessions);
    this.session = entry.session;
    this.session.openScopes += 1;
    if (terms !== undefined) this.session.limitTo(terms);
    else if (this.session.openScopes === 1) this.session.budget?.open();
    const isNew = entry !== record.sessions && !isAround(record.sessions, entry);
    record.ownSession = isNew ? entry : { ...entry, outer: undefined };
    record.kind = 'scope';
    const around = record.change();
    around.leaveCall();
    around.inDeclaredSession = true;
    if (isNew) around.sessions = entry;
    this.begin('session', SpanKind.INTERNAL, { [SESSION_ID]: options.id }, options.startTimeMillis);
  }

  get id(): string {
    return this.session.id;
  }

  /** The totals of this session so far, in this process. Computed on each access. */
  get totals(): Totals {
    return this.session.account.totals();
  }

  /** Cost so far divided by the actions of successful tasks, in USD. Undefined when there were no actions. */
  get costPerActionUsd(): number | undefined {
    return this.session.costPerActionUsd;
  }

  protected override afterEnd(): void {
    this.session.openScopes -= 1;
    if (this.session.openScopes > 0) return;
    this.session.budget?.close();
    notifySessionEnded(this.session, this.record);
  }
}

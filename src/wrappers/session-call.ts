import { SpanKind } from '@opentelemetry/api';
import { SESSION_ID } from '../attributes.js';
import type { Totals } from '../ledger/account.js';
import { type BudgetedOptions, readBudget } from '../ledger/budget-options.js';
import type { Session } from '../ledger/sessions.js';
import { leaveCovers } from '../pipeline/start.js';
import { tellSessionEnded } from '../runtime/listeners.js';
import { isAround, ScopeCall, type ScopeOptions } from './scope-call.js';

export interface SessionOptions extends ScopeOptions, BudgetedOptions {
  /** The session's id: `session.id`. The same id goes on counting. */
  id: string;
}

export class SessionCall extends ScopeCall {
  private readonly session: Session;

  constructor(options: SessionOptions) {
    const terms = readBudget('withSession', options);
    super();
    const { record, runtime } = this;
    this.takeAttribution(options);
    const entry = runtime.enterSession(options.id, record.sessions);
    this.session = entry.session;
    this.session.openScopes += 1;
    if (terms !== undefined) this.session.limitTo(terms);
    const isNew = entry !== record.sessions && !isAround(record.sessions, entry);
    record.ownSession = isNew ? entry : { ...entry, outer: undefined };
    if (isNew) record.sessions = entry;
    record.inDeclaredSession = true;
    leaveCovers(record);
    this.begin('session', SpanKind.INTERNAL, { [SESSION_ID]: options.id }, options.startTimeMillis);
  }

  get id(): string {
    return this.session.id;
  }

  /** Everything in this session so far, in this process. Read again each time it is asked for. */
  get totals(): Totals {
    return this.session.account.totals();
  }

  /** All cost so far by the actions of successful tasks; absent when there was none. */
  get costPerActionUsd(): number | undefined {
    return this.session.costPerActionUsd;
  }

  protected override afterEnd(): void {
    this.session.openScopes -= 1;
    if (this.session.openScopes > 0) return;
    this.session.budget?.close();
    tellSessionEnded(this.session, this.record);
  }
}

import type { Span } from '@opentelemetry/api';
import { sharedName } from '../copies.js';
import type { Budget } from '../ledger/budget.js';
import type { Reservation } from '../ledger/reservation.js';
import type { Book, Place, Scope, SessionEntry } from '../ledger/scope.js';
import { SettlementNode } from '../settlement/node.js';
import type { SpanRole } from '../usage/span-role.js';
import type { CallsBeside } from './calls-beside.js';
import type { Pocket } from './pocket.js';
import { type Attribution, NOTHING_AROUND, type OpenCall, Surroundings } from './surroundings.js';
import type { Task } from './task.js';
import type { ToolSpan } from './tool-span.js';

let started = 0;

/** Number of records created so far. Records with a higher number start later. */
export function recordsStarted(): number {
  return started;
}

/** Recognizes records of every copy of this package in the process; `instanceof` recognizes only its own. */
const IS_RECORD = Symbol.for(sharedName('is-record'));

export function isSpanRecord(value: unknown): value is SpanRecord {
  return typeof value === 'object' && value !== null && IS_RECORD in value;
}

/**
 * The state kept for a span while it is open: its node in the settlement, and the enclosing scopes, session and
 * budgets. Released with the span, unless open work below may still need its roll-up or its credit.
 */
export class SpanRecord extends SettlementNode {
  /** Order of starts, counted over the whole process. */
  readonly number = ++started;
  role: SpanRole = 'plain';
  /** True if only the span's name shows that it is a tool. Its attributes may show another role at its end. */
  isToolByName = false;
  /** The model requested by the client library's own span beside it. With the same model, both are one call. */
  modelBeside: string | undefined;
  /** Calls that were stated directly below, to recognize a second record of one of them. */
  callsBeside: CallsBeside | undefined;
  /**
   * True for an LLM span that had its usage at its start, as a replay does. The usage then does not show when the call
   * was over.
   */
  statedAtStart = false;
  /** The number of loop turns inside an LLM span, which then covers several calls. */
  turnsInside = 0;
  /** A span of another version of this package, which writes its attributes. */
  isOfOtherVersion = false;
  /** True once the cost is decided; the span is no longer read. */
  settled = false;
  ended = false;
  private isCall = false;
  private ownTool: ToolSpan | undefined;
  private ownCall: OpenCall | undefined;
  /** For a tool call: the enclosing tool call. */
  outerTool: ToolSpan | undefined;
  /** For a `withLlm`: the bills of spans inside. */
  pocket: Pocket | undefined;
  ownScope: Scope | undefined;
  ownTask: Task | undefined;
  ownSession: SessionEntry | undefined;
  /** The parent of a correction, or of the bill of a wrapper that never ends. Kept for scopes, and for LLM calls while they are open. */
  span: Span | undefined;
  /** The row in the totals by model that counts it as unpriced. */
  unpricedRow: string | undefined;
  /** A call that costs money, with a cost that is unknown until the call ends. */
  isBillableCall = false;
  /** Scopes that ended before this call. Its cost is missing there until it ends. */
  missingIn: Book[] | undefined;
  /** The budgets of attribution that were entered here. They are in use until this span ends. */
  enteredBudgets: readonly Budget[] | undefined;
  /** Shared by all spans with the same surroundings. Copied on change. */
  private surroundings: Surroundings;

  constructor(parent: SpanRecord | undefined) {
    super(parent);
    this.surroundings = this.parent === undefined ? NOTHING_AROUND : this.parent.inside();
  }

  get [IS_RECORD](): true {
    return true;
  }

  get ownsScope(): boolean {
    return this.ownScope !== undefined || this.ownTask !== undefined || this.ownSession !== undefined;
  }

  protected override get isKept(): boolean {
    return this.ownsScope;
  }

  /** The innermost scope that receives the bills. Undefined when there is only an implicit task. */
  get scope(): Scope | undefined {
    return this.surroundings.scope;
  }

  /** Where its bills are posted. */
  place(): Place {
    return { scope: this.scope ?? this.task?.scope, sessions: this.sessions };
  }

  /** The enclosing sessions. The task's are used if it joined a session after this span had started. */
  get sessions(): SessionEntry | undefined {
    return this.surroundings.sessions ?? this.surroundings.task?.sessions;
  }

  /** True inside a `withSession`, and not only inside a span that names a session. */
  get inDeclaredSession(): boolean {
    return this.surroundings.inDeclaredSession;
  }

  get task(): Task | undefined {
    return this.surroundings.task;
  }

  get attribution(): Attribution | undefined {
    return this.surroundings.attribution;
  }

  /** Budgets of enclosing calls and of attribution. Scopes and sessions have their own. */
  get budgets(): readonly Budget[] | undefined {
    return this.surroundings.budgets;
  }

  /** The budget reservation of this call, or else of the nearest enclosing call. */
  get reservation(): Reservation | undefined {
    return this.surroundings.reservation;
  }

  /** The tool call that this span is part of; its own if it is one. */
  get tool(): ToolSpan | undefined {
    return this.isCall ? this.ownTool : this.surroundings.tool;
  }

  /** The wrapper's call that this span is part of; its own if it is one. */
  get openCall(): OpenCall | undefined {
    return this.isCall ? this.ownCall : this.surroundings.openCall;
  }

  /** The surroundings of spans below. Most calls have no spans below, so the copy is made for the first one. */
  private inside(): Surroundings {
    if (
      this.isCall &&
      (this.surroundings.tool !== this.ownTool || this.surroundings.openCall !== this.ownCall)
    ) {
      const inside = this.change();
      inside.tool = this.ownTool;
      inside.openCall = this.ownCall;
    }
    return this.surroundings;
  }

  /** Makes this span a tool call or a wrapper's call. Spans that start below are part of the call. */
  becomeCall(tool: ToolSpan | undefined, call: OpenCall | undefined): void {
    this.isCall = true;
    this.ownTool = tool;
    this.ownCall = call;
  }

  /** Returns a copy of the surroundings, to be changed for this span and for spans that start below it from now on. */
  change(): Surroundings {
    this.surroundings = new Surroundings(this.surroundings);
    return this.surroundings;
  }

  /** Releases the call when it has ended: its task may keep this record longer, by the response id. */
  leaveCall(): void {
    this.ownCall = undefined;
    this.ownTool = undefined;
  }

  /** The scopes and the session that this span opened. */
  books(): readonly Book[] {
    const books: Book[] = [];
    if (this.ownScope !== undefined) books.push(this.ownScope);
    if (this.ownTask?.scope !== undefined) books.push(this.ownTask.scope);
    if (this.ownSession !== undefined) books.push(this.ownSession);
    return books;
  }

  /** Called when the span has ended. */
  end(): void {
    this.ended = true;
    this.close();
  }
}

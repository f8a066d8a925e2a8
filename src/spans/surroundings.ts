import type { RecordedModel } from '../handles.js';
import type { Budget } from '../ledger/budget.js';
import type { Reservation } from '../ledger/reservation.js';
import type { Scope, SessionEntry } from '../ledger/scope.js';
import type { Pico } from '../money.js';
import type { CostKind } from '../totals.js';
import type { Task } from './task.js';
import type { ToolSpan } from './tool-span.js';

/** Attribution as attributes (`cost.tag.team`, …), ready to be written. */
export type Attribution = Readonly<Record<string, string>>;

/** An open call of a wrapper. A cost of the same kind that is recorded below it is added to its bill. */
export interface OpenCall {
  readonly kind: CostKind;
  /** False once it has ended. */
  addCost(pico: Pico): boolean;
  /** A cost of the same kind that was recorded below it could not be read. */
  costRefused(): void;
  /** Only for a `withLlm`. False once it has ended. */
  takeUsage?(usage: object, names?: RecordedModel): boolean;
}

/** The state inherited from the enclosing span. A class, so that all copies have the same hidden class in V8. */
export class Surroundings {
  scope: Scope | undefined;
  sessions: SessionEntry | undefined;
  inDeclaredSession: boolean;
  task: Task | undefined;
  attribution: Attribution | undefined;
  budgets: readonly Budget[] | undefined;
  reservation: Reservation | undefined;
  tool: ToolSpan | undefined;
  openCall: OpenCall | undefined;

  constructor(around?: Surroundings) {
    this.scope = around?.scope;
    this.sessions = around?.sessions;
    this.inDeclaredSession = around?.inDeclaredSession ?? false;
    this.task = around?.task;
    this.attribution = around?.attribution;
    this.budgets = around?.budgets;
    this.reservation = around?.reservation;
    this.tool = around?.tool;
    this.openCall = around?.openCall;
  }

  /** Leaves the enclosing calls: sessions, tasks, agents and steps are work of their own. */
  leaveCall(): void {
    this.tool = undefined;
    this.openCall = undefined;
  }
}

export const NOTHING_AROUND: Surroundings = new Surroundings();

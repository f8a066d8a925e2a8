import { SpanKind } from '@opentelemetry/api';
import { AGENT_NAME, OPERATION_NAME, STEP_NAME, STEP_NUMBER } from '../attributes.js';
import { type Admission, askBudgets } from '../budgets/admission.js';
import { STEP_DEMAND } from '../budgets/demand.js';
import { InvalidOptionError } from '../errors.js';
import type { AgentHandle, StepHandle } from '../handles.js';
import { readBudget } from '../ledger/budget-terms.js';
import { receiptText } from '../ledger/receipt-text.js';
import { Refusal, Reservation } from '../ledger/reservation.js';
import type { Scope } from '../ledger/scope.js';
import { openScope } from '../pipeline/start.js';
import type { Totals } from '../totals.js';
import type { AgentOptions, StepOptions } from './options.js';
import { ScopeCall } from './scope-call.js';

export class AgentCall extends ScopeCall implements AgentHandle {
  private readonly scope: Scope;

  constructor(options: AgentOptions) {
    const terms = readBudget('withAgent', options);
    super();
    const { record } = this;
    this.takeAttribution(options);
    if (this.standsInForTask()) this.standInForTask();
    this.scope = openScope(record, 'agent');
    this.scope.agentName = options.name;
    this.limit(this.scope, options.name, terms);
    const attributes = { [OPERATION_NAME]: 'invoke_agent', [AGENT_NAME]: options.name };
    this.begin(`invoke_agent ${options.name}`, SpanKind.INTERNAL, attributes, options.startTimeMillis);
  }

  get totals(): Totals {
    return this.scope.account.totals();
  }

  /** Returns the receipt of the agent as a string, like a task's. */
  get receipt(): () => string {
    return () => receiptText(this.scope);
  }

  /** Without a declared task, the outermost agent directly in a session is the task. */
  private standsInForTask(): boolean {
    const { record } = this;
    return record.parent === undefined || (record.inDeclaredSession && record.scope === undefined);
  }
}

/** An ignored budget would limit nothing, so it is refused like a misspelled one. */
function refuseBudget(options: object): void {
  for (const key of ['budget', 'budgetUsd']) {
    const value: unknown = Reflect.get(options, key) ?? undefined;
    if (value === undefined) continue;
    throw new InvalidOptionError(
      `withStep.${key}`,
      value,
      'left out: steps have no budget, give it to the agent or task',
    );
  }
}

export class StepCall extends ScopeCall implements StepHandle {
  /** Number of the step in its agent's loop, from 1. */
  readonly number: number;
  private readonly scope: Scope;
  private readonly refusal: Refusal | undefined;

  constructor(options: StepOptions) {
    refuseBudget(options);
    super();
    this.takeAttribution(options);
    if (this.record.parent === undefined) this.standInForTask();
    const around = this.record.scope ?? this.record.task?.ensureScope();
    this.refusal = this.askForStep();
    this.number = (this.refusal ? around?.nextStep : around?.countDeclaredStep(this.record.sessions)) ?? 1;
    this.scope = openScope(this.record, 'step');
    this.scope.name = String(this.number);
    const attributes = {
      [OPERATION_NAME]: 'agent_step',
      [STEP_NUMBER]: this.number,
      [STEP_NAME]: options.name,
    };
    this.begin(`agent_step ${options.name}`, SpanKind.INTERNAL, attributes, options.startTimeMillis);
  }

  /** A step is counted when it begins, so no reservation is kept for it. */
  override admission(): Admission | undefined {
    return this.refusal;
  }

  protected override settle(): void {
    this.scope.endStep();
  }

  private askForStep(): Refusal | undefined {
    const outcome = askBudgets(this.runtime, this.record, false, () => STEP_DEMAND, {
      name: 'agent_step',
      mayWait: false,
      canWait: false,
    });
    if (outcome instanceof Reservation) outcome.release();
    return outcome instanceof Refusal ? outcome : undefined;
  }

  get totals(): Totals {
    return this.scope.account.totals();
  }
}

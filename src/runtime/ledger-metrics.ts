import { createNoopMeter, type MeterProvider, metrics } from '@opentelemetry/api';
import { sharedName } from '../copies.js';
import type { BudgetExceededError } from '../errors.js';
import type { Budget } from '../ledger/budget.js';
import { isUnsuccessful, type Scope } from '../ledger/scope.js';
import type { Session } from '../ledger/sessions.js';
import { Instruments } from '../metrics/instruments.js';
import { HIT_KEYS, type LabelKeys, REFUSAL_KEYS, RUNAWAY_KEYS } from '../metrics/label-keys.js';
import { type CallRow, TokenRows } from '../metrics/rows.js';
import type { LabelValue } from '../metrics/series.js';
import type { Bill } from '../spans/bill.js';
import type { SpanRecord } from '../spans/span-record.js';
import type { Task } from '../spans/task.js';
import { PACKAGE_NAME, PACKAGE_VERSION } from '../version.js';
import { currentRuntime } from './runtime.js';

/** A task that costs more than this many times the median of its name has run away. */
const RUNAWAY_MEDIANS = 5;

/**
 * The ledger as OpenTelemetry metrics: told of every bill, so exact whatever is sampled. Does nothing as long as no
 * meter provider is registered, and counts from then on.
 */
export class LedgerMetrics {
  private provider: MeterProvider | undefined;
  private opened: Instruments | undefined;

  billed(bill: Bill, record: SpanRecord): void {
    const instruments = this.instruments();
    if (instruments === undefined) return;
    const keys = currentRuntime().labelKeys;
    const scope = record.scope ?? record.task?.scope;
    const task = taskName(record);
    const agent = agentAround(scope);
    const { subject, tokens } = bill;
    const row = instruments.calls.row(
      keys.calls,
      withValues(
        [bill.kind, subject?.provider, subject?.model, agent, subject?.toolName, task],
        keys,
        record,
      ),
    );
    row.add(bill, subject?.isCacheHit);
    if (tokens !== undefined) {
      row.tokens ??= tokenRows(
        instruments,
        row,
        keys,
        withValues([subject?.provider, subject?.model, agent, task], keys, record),
      );
      row.tokens.add(tokens);
    }
    addWaste(instruments, bill, isUnsuccessful(scope), keys, task, record);
    countRunaways(instruments, record.task);
  }

  taskStarted(task: Task): void {
    const instruments = this.instruments();
    if (instruments !== undefined) task.openTask ??= instruments.openTasks.begin(task);
  }

  taskEnded(task: Task, record: SpanRecord): void {
    const instruments = this.instruments();
    if (instruments === undefined) return;
    if (task.openTask !== undefined) instruments.openTasks.end(task.openTask);
    const { name, outcome } = task;
    const cost = task.ensureScope().account.total();
    instruments.medians.add(name, cost.toUsd());
    const keys = currentRuntime().labelKeys;
    const nested = task.isOutermost ? undefined : 'true';
    const row = instruments.tasks.row(keys.tasks, withValues([name, outcome, nested], keys, record));
    row.tasks += 1;
    row.actions += task.delivered;
    instruments.taskCost.record(row, cost);
    const { becameWaste } = task;
    if (becameWaste === undefined) return;
    instruments.waste
      .row(keys.waste, withValues(['failed_task', name], keys, record))
      .sum.addSum(becameWaste);
  }

  sessionEnded(session: Session, record: SpanRecord): void {
    const instruments = this.instruments();
    if (instruments === undefined) return;
    const keys = currentRuntime().labelKeys;
    const row = instruments.sessions.row(keys.attribution, withValues([], keys, record));
    instruments.sessionCost.record(row, session.account.total());
  }

  budgetCrossed({ scope }: Budget, record: SpanRecord): void {
    const instruments = this.instruments();
    if (instruments === undefined) return;
    instruments.budgetHits.row(HIT_KEYS, [scope.kind, taskName(record)]).count += 1;
    if (scope.kind === 'task') instruments.runaways.row(RUNAWAY_KEYS, ['budget', scope.name]).count += 1;
  }

  refused({ scope, measure }: BudgetExceededError, record: SpanRecord): void {
    const instruments = this.instruments();
    if (instruments === undefined) return;
    instruments.budgetRefusals.row(REFUSAL_KEYS, [scope, measure, taskName(record)]).count += 1;
  }

  /** What was counted for the meter provider there was last. */
  get latest(): Instruments | undefined {
    return this.opened;
  }

  /** Undefined where nobody reads metrics. Tables start again with another provider, whose counters do so too. */
  private instruments(): Instruments | undefined {
    const provider = metrics.getMeterProvider();
    if (provider !== this.provider) {
      this.provider = provider;
      const meter = provider.getMeter(PACKAGE_NAME, PACKAGE_VERSION);
      this.opened = meter === createNoopMeter() ? undefined : new Instruments(meter, dearestSessionUsd);
    }
    return this.opened;
  }
}

function addWaste(
  { waste }: Instruments,
  bill: Bill,
  isTaskLost: boolean,
  keys: LabelKeys,
  task: string | undefined,
  record: SpanRecord,
): void {
  const wastedPico = isTaskLost ? (bill.pico ?? 0) : bill.wastedPico;
  if (wastedPico === 0) return;
  const reason = isTaskLost ? 'failed_task' : 'failed_call';
  waste.row(keys.waste, withValues([reason, task], keys, record)).sum.add(wastedPico);
}

function tokenRows(
  { calls, tokens }: Instruments,
  row: CallRow,
  keys: LabelKeys,
  values: readonly LabelValue[],
): TokenRows {
  if (row === calls.overflow) return new TokenRows(tokens.overflowRow);
  return new TokenRows((type) => tokens.row(keys.tokens, [type, ...values]));
}

function dearestSessionUsd(): number {
  return currentRuntime().sessions.dearestOpenUsd();
}

/** The values with those of the attribution that the app allows. */
function withValues(values: LabelValue[], { attribution }: LabelKeys, record: SpanRecord): LabelValue[] {
  for (const key of attribution) values.push(record.attribution?.[key]);
  return values;
}

function taskName({ task }: SpanRecord): string | undefined {
  return task?.isStated ? task.name : undefined;
}

function agentAround(scope: Scope | undefined): string | undefined {
  let at = scope;
  while (at !== undefined && at.agentName === undefined) at = at.parent;
  return at?.agentName;
}

/** Counts the tasks around a bill that cost far more than their like, each once. */
function countRunaways({ medians, openTasks, runaways }: Instruments, innermost: Task | undefined): void {
  for (let task = innermost; task !== undefined; task = task.around) {
    if (!task.isStated || task.scope?.ended) continue;
    task.openTask ??= openTasks.begin(task);
    const { openTask, name } = task;
    const median = openTask.isRunaway ? undefined : medians.of(name);
    if (median === undefined || median === 0 || task.costUsd <= RUNAWAY_MEDIANS * median) continue;
    openTask.isRunaway = true;
    runaways.row(RUNAWAY_KEYS, ['median', name]).count += 1;
  }
}

const HOLDER = Symbol.for(sharedName('metrics'));

/** One for all copies of this protocol in a process: two would report under the same names. */
export function ledgerMetrics(): LedgerMetrics {
  const holder: typeof globalThis & { [HOLDER]?: LedgerMetrics } = globalThis;
  holder[HOLDER] ??= new LedgerMetrics();
  return holder[HOLDER];
}

import { createNoopMeter, type MeterProvider } from '@opentelemetry/api';
import { SCHEMA } from '../address.js';
import { enterMetrics, sharedName } from '../copies.js';
import type { BudgetExceededError } from '../errors.js';
import type { Budget } from '../ledger/budget.js';
import { isUnsuccessful } from '../ledger/scope.js';
import type { Session } from '../ledger/sessions.js';
import { Instruments } from '../metrics/instruments.js';
import { type LabelKeys, RUNAWAY_KEYS } from '../metrics/label-keys.js';
import { type CallRow, TokenRows } from '../metrics/rows.js';
import type { LabelValue } from '../metrics/series.js';
import { meterProvider } from '../otel.js';
import type { Bill } from '../spans/bill.js';
import type { SpanRecord } from '../spans/span-record.js';
import type { Task } from '../spans/task.js';
import { PACKAGE_NAME, PACKAGE_VERSION } from '../version.js';

/** A task is a runaway if it costs more than this many times the median of its task name. */
const RUNAWAY_MEDIANS = 5;

/** The part of the process's runtime that metrics read. */
interface MeteredRuntime {
  readonly labelKeys: LabelKeys;
  readonly sessions: { maxOpenUsd(): number };
}

/**
 * Reports the ledger as OpenTelemetry metrics. It is notified of every bill, so sampling does not change the figures.
 * Counts from the moment a meter provider is registered, and does nothing before.
 */
export class LedgerMetrics {
  private provider: MeterProvider | undefined;
  private opened: Instruments | undefined;

  constructor(private readonly current: () => MeteredRuntime) {}

  billed(bill: Bill, record: SpanRecord): void {
    const instruments = this.instruments();
    if (instruments === undefined) return;
    const keys = this.current().labelKeys;
    const scope = record.scope ?? record.task?.scope;
    const task = taskName(record);
    const agent = scope?.nearestAgent?.agentName;
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
    const keys = this.current().labelKeys;
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
    const keys = this.current().labelKeys;
    const row = instruments.sessions.row(keys.attribution, withValues([], keys, record));
    instruments.sessionCost.record(row, session.account.total());
  }

  budgetCrossed({ scope }: Budget, record: SpanRecord | undefined): void {
    const instruments = this.instruments();
    if (instruments === undefined) return;
    const keys = this.current().labelKeys;
    const labels = withValues([scope.kind, record && taskName(record)], keys, record);
    instruments.budgetHits.row(keys.budgets, labels).count += 1;
    if (scope.kind === 'task') instruments.runaways.row(RUNAWAY_KEYS, ['budget', scope.name]).count += 1;
  }

  budgetBlind({ scope }: Budget, record: SpanRecord | undefined): void {
    const instruments = this.instruments();
    if (instruments === undefined) return;
    const keys = this.current().labelKeys;
    const labels = withValues([scope.kind, record && taskName(record)], keys, record);
    instruments.budgetUnknownCalls.row(keys.budgets, labels).count += 1;
  }

  refused({ scope, measure }: BudgetExceededError, record: SpanRecord): void {
    const instruments = this.instruments();
    if (instruments === undefined) return;
    const keys = this.current().labelKeys;
    const labels = withValues([scope, measure, taskName(record)], keys, record);
    instruments.budgetRefusals.row(keys.refusals, labels).count += 1;
  }

  /** The instruments of the latest meter provider. */
  get latest(): Instruments | undefined {
    return this.opened;
  }

  /**
   * Undefined without a meter provider. A new provider starts with new tables, because its counters start from zero.
   */
  instruments(): Instruments | undefined {
    const provider = meterProvider();
    if (provider !== this.provider) {
      this.provider = provider;
      const meter = provider.getMeter(PACKAGE_NAME, PACKAGE_VERSION, SCHEMA);
      this.opened =
        meter === createNoopMeter()
          ? undefined
          : new Instruments(meter, () => this.current().sessions.maxOpenUsd());
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

/** Appends the values of the attribution keys that the app allows as labels. */
export function withValues(
  values: LabelValue[],
  { attribution }: Pick<LabelKeys, 'attribution'>,
  record: SpanRecord | undefined,
): LabelValue[] {
  for (const key of attribution) values.push(record?.attribution?.[key]);
  return values;
}

/** The label for the task of a span. */
export function taskName({ task }: SpanRecord): string | undefined {
  return task?.isStated ? task.name : undefined;
}

/** Counts the tasks around a bill that cost far more than the median of their name. Each task is counted once. */
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

/** One instance for all copies of the same protocol in a process, because two would report under the same names. */
export function ledgerMetrics(current: () => MeteredRuntime): LedgerMetrics {
  const holder: typeof globalThis & { [HOLDER]?: LedgerMetrics } = globalThis;
  if (holder[HOLDER] === undefined) {
    const created = new LedgerMetrics(current);
    holder[HOLDER] = created;
    enterMetrics(() => created.latest);
  }
  return holder[HOLDER];
}

import type { Meter, ObservableResult } from '@opentelemetry/api';
import { TASK_NAME } from '../attributes.js';
import { Medians } from './medians.js';
import { OpenTasks } from './open-tasks.js';
import { CallRow, CountRow, MoneyRow, TaskRow } from './rows.js';
import { OVERFLOW, Series } from './series.js';
import { UsdHistogram } from './usd-histogram.js';

/** An instrument that is read on every collection of metrics. */
export interface Observed {
  readonly kind: 'counter' | 'upDownCounter' | 'gauge';
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly observe: (result: ObservableResult) => void;
}

/**
 * The tables behind the metrics, and the instruments that read them on collection. Nothing is passed to the SDK per
 * call: an `add` with six labels takes longer than everything this package does for a call.
 */
export class Instruments {
  readonly calls = new Series((labels) => new CallRow(labels));
  readonly tokens = new Series((labels) => new CountRow(labels));
  readonly waste = new Series((labels) => new MoneyRow(labels));
  readonly tasks = new Series((labels) => new TaskRow(labels));
  readonly runaways = new Series((labels) => new CountRow(labels));
  readonly budgetHits = new Series((labels) => new CountRow(labels));
  readonly budgetRefusals = new Series((labels) => new CountRow(labels));
  readonly budgetUnknownCalls = new Series((labels) => new CountRow(labels));
  readonly openTasks = new OpenTasks();
  readonly medians = new Medians();
  readonly sessions = new Series((labels) => new CountRow(labels));
  readonly taskCost: UsdHistogram;
  readonly sessionCost: UsdHistogram;
  readonly observed: Observed[] = [];
  readonly startMillis = Date.now();

  /** `maxOpenSessionUsd` returns the cost of the most expensive session with work in progress. */
  constructor(
    private readonly meter: Meter,
    maxOpenSessionUsd: () => number,
  ) {
    this.taskCost = new UsdHistogram(meter, 'task.cost_usd', 'Cost of a task when it ended.');
    this.sessionCost = new UsdHistogram(
      meter,
      'session.cost_usd',
      'Cost of a session in this process when its wrapper ended.',
    );
    this.add([
      ...this.ofCalls(),
      ...this.ofTasks(),
      ...this.ofOpenTasks(),
      ...this.ofBudgets(),
      gauge(
        'session.max_open_cost_usd',
        'Cost so far in this process of the most expensive session with work in progress.',
        (result) => result.observe(maxOpenSessionUsd()),
      ),
    ]);
  }

  /** Also reads these on every collection, and sends them at the exit of the process. */
  add(instruments: readonly Observed[]): void {
    this.observed.push(...instruments);
    for (const instrument of instruments) register(this.meter, instrument);
  }

  private ofCalls(): Observed[] {
    const { calls } = this;
    const money = (name: string, description: string, sum: 'cost' | 'estimated' | 'saved') =>
      counter(name, '{USD}', description, (result) => {
        for (const row of calls.rows()) if (!row[sum].isZero) result.observe(row[sum].toUsd(), row.labels);
      });
    const count = (name: string, description: string, key: 'calls' | 'failedCalls' | 'unpricedCalls') =>
      counter(name, '{call}', description, (result) => {
        for (const row of calls.rows()) if (row[key] > 0) result.observe(row[key], row.labels);
      });
    return [
      money('cost.usd', 'Cost of every call, sampled or not.', 'cost'),
      money('cost.estimated_usd', 'The part of cost.usd that is estimated.', 'estimated'),
      money(
        'cost.saved_usd',
        'Cost avoided by caches, routers and compression; not part of cost.usd.',
        'saved',
      ),
      count('cost.calls', 'LLM and tool calls; every attempt counts.', 'calls'),
      count('cost.failed_calls', 'Calls that failed.', 'failedCalls'),
      count('cost.unpriced_calls', 'Calls with unknown cost when they ended.', 'unpricedCalls'),
      counter('cost.tokens', '{token}', 'Tokens by type; no token is in two types.', counts(this.tokens)),
      counter('cost.cache_lookups', '{call}', 'Calls of cached tools, hit or miss.', (result) => {
        for (const { cacheHits, cacheMisses, labels } of calls.rows()) {
          if (cacheHits > 0) result.observe(cacheHits, { ...labels, 'cost.cache_result': 'hit' });
          if (cacheMisses > 0) result.observe(cacheMisses, { ...labels, 'cost.cache_result': 'miss' });
        }
      }),
      counter('cost.wasted_usd', '{USD}', 'The part of cost.usd that bought nothing.', (result) => {
        for (const { sum, labels } of this.waste.rows()) result.observe(sum.toUsd(), labels);
      }),
    ];
  }

  private ofTasks(): Observed[] {
    const runaways = 'Tasks that crossed their budget, or five times the median of their name.';
    return [
      counter('task.outcomes', '{task}', 'Tasks that ended, by outcome.', (result) => {
        for (const { tasks, labels } of this.tasks.rows()) result.observe(tasks, labels);
      }),
      counter('task.actions', '{action}', 'Actions delivered by successful tasks.', (result) => {
        for (const { actions, labels } of this.tasks.rows()) if (actions > 0) result.observe(actions, labels);
      }),
      counter('task.runaways', '{task}', runaways, counts(this.runaways)),
    ];
  }

  private ofOpenTasks(): Observed[] {
    const perName = (key: 'tasks' | 'maxUsd') => (result: ObservableResult) => {
      for (const [name, group] of this.openTasks.byName()) {
        result.observe(group[key], name === undefined ? OVERFLOW : { [TASK_NAME]: name });
      }
    };
    const active = { unit: '{task}', description: 'Running tasks.', observe: perName('tasks') };
    return [
      { kind: 'upDownCounter', name: 'task.active', ...active },
      gauge('task.max_open_cost_usd', 'Cost so far of the most expensive running task.', perName('maxUsd')),
    ];
  }

  private ofBudgets(): Observed[] {
    const hits = 'Budgets that were crossed.';
    const unknown = 'Calls under a budget whose cost stayed unknown, with no estimate to book instead.';
    const refusals = 'Calls refused because a budget had no room.';
    return [
      counter('cost.budget.hits', '{budget}', hits, counts(this.budgetHits)),
      counter('cost.budget.refusals', '{call}', refusals, counts(this.budgetRefusals)),
      counter('cost.budget.unknown_calls', '{call}', unknown, counts(this.budgetUnknownCalls)),
    ];
  }
}

export function counter(
  name: string,
  unit: string,
  description: string,
  observe: Observed['observe'],
): Observed {
  return { kind: 'counter', name, unit, description, observe };
}

function gauge(name: string, description: string, observe: Observed['observe']): Observed {
  return { kind: 'gauge', name, unit: '{USD}', description, observe };
}

function register(meter: Meter, { kind, name, unit, description, observe }: Observed): void {
  const options = { unit, description };
  switch (kind) {
    case 'counter':
      meter.createObservableCounter(name, options).addCallback(observe);
      break;
    case 'upDownCounter':
      meter.createObservableUpDownCounter(name, options).addCallback(observe);
      break;
    case 'gauge':
      meter.createObservableGauge(name, options).addCallback(observe);
  }
}

function counts(series: Series<CountRow>): Observed['observe'] {
  return (result) => {
    for (const { count, labels } of series.rows()) result.observe(count, labels);
  };
}

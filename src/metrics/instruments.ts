import type { Histogram, Meter, ObservableResult } from '@opentelemetry/api';
import { TASK_NAME } from '../attributes.js';
import { Medians } from './medians.js';
import { OpenTasks } from './open-tasks.js';
import { CallRow, CountRow, MoneyRow, TaskRow } from './rows.js';
import { OVERFLOW, Series } from './series.js';

/** From a hundredth of a cent, for one small call, to $100, for a run that nobody stopped. */
const USD_BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50,
  100,
];

/**
 * The tables behind the metrics, and the instruments that read them when they are collected. Nothing is handed to the
 * SDK as it happens: an `add` with six labels costs it more than everything that is done here for a call.
 */
export class Instruments {
  readonly calls = new Series((labels) => new CallRow(labels));
  readonly tokens = new Series((labels) => new CountRow(labels));
  readonly waste = new Series((labels) => new MoneyRow(labels));
  readonly tasks = new Series((labels) => new TaskRow(labels));
  readonly runaways = new Series((labels) => new CountRow(labels));
  readonly budgetHits = new Series((labels) => new CountRow(labels));
  readonly budgetRefusals = new Series((labels) => new CountRow(labels));
  readonly openTasks = new OpenTasks();
  readonly medians = new Medians();
  readonly taskCost: Histogram;
  readonly sessionCost: Histogram;

  /** `dearestSessionUsd` tells what the dearest session with work under way has cost. */
  constructor(meter: Meter, dearestSessionUsd: () => number) {
    this.taskCost = histogram(meter, 'task.cost_usd', 'What a task had cost when it ended.');
    this.sessionCost = histogram(
      meter,
      'session.cost_usd',
      'What a session had cost in this process when its wrapper ended.',
    );
    this.observeCalls(meter);
    this.observeTasks(meter);
    this.observeBudgets(meter);
    this.observeSessions(meter, dearestSessionUsd);
  }

  private observeCalls(meter: Meter): void {
    const { calls } = this;
    const money = (name: string, description: string, sum: 'cost' | 'saved') =>
      counter(meter, name, '{USD}', description, (result) => {
        for (const row of calls.rows()) if (!row[sum].isZero) result.observe(row[sum].toUsd(), row.labels);
      });
    const count = (name: string, description: string, key: 'calls' | 'failedCalls' | 'unpricedCalls') =>
      counter(meter, name, '{call}', description, (result) => {
        for (const row of calls.rows()) if (row[key] > 0) result.observe(row[key], row.labels);
      });
    money('cost.usd', 'Cost of every call, sampled or not.', 'cost');
    money('cost.saved_usd', 'Cost avoided by caches, routers and compression; no part of cost.usd.', 'saved');
    count('cost.calls', 'LLM and tool calls; every attempt counts.', 'calls');
    count('cost.failed_calls', 'Calls that failed.', 'failedCalls');
    count('cost.unpriced_calls', 'Calls whose cost was not known when they ended.', 'unpricedCalls');
    counter(
      meter,
      'cost.tokens',
      '{token}',
      'Tokens by type; no token is in two types.',
      counts(this.tokens),
    );
    counter(meter, 'cost.cache_lookups', '{call}', 'Calls of cached tools, hit or miss.', (result) => {
      for (const { cacheHits, cacheMisses, labels } of calls.rows()) {
        if (cacheHits > 0) result.observe(cacheHits, { ...labels, 'cost.cache_result': 'hit' });
        if (cacheMisses > 0) result.observe(cacheMisses, { ...labels, 'cost.cache_result': 'miss' });
      }
    });
    counter(meter, 'cost.wasted_usd', '{USD}', 'The part of cost.usd that bought nothing.', (result) => {
      for (const { sum, labels } of this.waste.rows()) result.observe(sum.toUsd(), labels);
    });
  }

  private observeTasks(meter: Meter): void {
    counter(meter, 'task.outcomes', '{task}', 'Tasks that ended, by outcome.', (result) => {
      for (const { tasks, labels } of this.tasks.rows()) result.observe(tasks, labels);
    });
    counter(meter, 'task.actions', '{action}', 'What successful tasks delivered.', (result) => {
      for (const { actions, labels } of this.tasks.rows()) if (actions > 0) result.observe(actions, labels);
    });
    counter(
      meter,
      'task.runaways',
      '{task}',
      'Tasks that crossed their budget, or five times the median of their name.',
      counts(this.runaways),
    );
    this.observeOpenTasks(meter);
  }

  private observeOpenTasks(meter: Meter): void {
    const perName = (key: 'tasks' | 'dearestUsd') => (result: ObservableResult) => {
      for (const [name, group] of this.openTasks.byName()) {
        result.observe(group[key], name === undefined ? OVERFLOW : { [TASK_NAME]: name });
      }
    };
    meter
      .createObservableUpDownCounter('task.active', { unit: '{task}', description: 'Tasks that run now.' })
      .addCallback(perName('tasks'));
    gauge(
      meter,
      'task.dearest_open_cost_usd',
      'What the dearest task that runs now has cost so far.',
      perName('dearestUsd'),
    );
  }

  private observeSessions(meter: Meter, dearestUsd: () => number): void {
    gauge(
      meter,
      'session.dearest_open_cost_usd',
      'What the dearest session with work under way has cost so far in this process.',
      (result) => result.observe(dearestUsd()),
    );
  }

  private observeBudgets(meter: Meter): void {
    const hits = 'Budgets that were crossed.';
    const refusals = 'Calls that were not made because a budget had no room.';
    counter(meter, 'cost.budget.hits', '{budget}', hits, counts(this.budgetHits));
    counter(meter, 'cost.budget.refusals', '{call}', refusals, counts(this.budgetRefusals));
  }
}

function counter(
  meter: Meter,
  name: string,
  unit: string,
  description: string,
  observe: (result: ObservableResult) => void,
): void {
  meter.createObservableCounter(name, { unit, description }).addCallback(observe);
}

function counts(series: Series<CountRow>): (result: ObservableResult) => void {
  return (result) => {
    for (const { count, labels } of series.rows()) result.observe(count, labels);
  };
}

function gauge(
  meter: Meter,
  name: string,
  description: string,
  observe: (result: ObservableResult) => void,
): void {
  meter.createObservableGauge(name, { unit: '{USD}', description }).addCallback(observe);
}

function histogram(meter: Meter, name: string, description: string): Histogram {
  const advice = { explicitBucketBoundaries: USD_BUCKETS };
  return meter.createHistogram(name, { unit: '{USD}', description, advice });
}

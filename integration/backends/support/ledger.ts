/** What the ledger of an app says, by all that backends are asked for. */
import { USD_BUCKETS } from '../../../src/metrics/usd-histogram.js';
import type { CallFigures, Round, TaskFigures } from './agent-figures.js';
import type { OpenTaskFigures } from './agent-run.js';
import { type Answer, grouped, type Labels, single } from './answers.js';

export interface OpenTask extends OpenTaskFigures {
  name: string;
  sessionId: string;
}

/** Labels of metrics, and what of a call they are. */
const CALL_LABELS = {
  cost_kind: 'kind',
  gen_ai_response_model: 'model',
  gen_ai_tool_name: 'tool',
  gen_ai_agent_name: 'agent',
  task_name: 'taskName',
  cost_tag_team: 'team',
  cost_tag_feature: 'feature',
  cost_tag_customer: 'customer',
} as const satisfies Record<string, keyof CallFigures>;

export type CallLabel = keyof typeof CALL_LABELS;

export class Ledger {
  readonly calls: readonly CallFigures[];
  readonly tasks: readonly TaskFigures[];
  /** Not inside another one. */
  readonly outermost: readonly TaskFigures[];

  constructor(
    readonly rounds: readonly Round[],
    readonly open: readonly OpenTask[] = [],
  ) {
    const spentByOpen = open.map(spentSoFar);
    this.calls = [...rounds.flatMap(({ calls }) => calls), ...spentByOpen];
    this.tasks = rounds.flatMap(({ tasks }) => tasks);
    this.outermost = this.tasks.filter(({ isNested }) => !isNested);
  }

  /** What calls add up to, by labels of metrics. */
  callsBy(
    labels: readonly CallLabel[],
    amountOf: (call: CallFigures) => number = costOf,
    isMeant: (call: CallFigures) => boolean = () => true,
  ): Answer {
    const labelsOf = (call: CallFigures) =>
      Object.fromEntries(labels.map((label) => [label, call[CALL_LABELS[label]]]));
    return grouped(this.calls.filter(isMeant), labelsOf, amountOf);
  }

  sumOfCalls(amountOf: (call: CallFigures) => number, isMeant?: (call: CallFigures) => boolean): number {
    return this.callsBy([], amountOf, isMeant).get('') ?? 0;
  }

  /** What outermost tasks add up to, by name. */
  tasksByName(amountOf: (task: TaskFigures) => number): Answer {
    return grouped(this.outermost, ({ name }) => ({ task_name: name }), amountOf);
  }

  sumOfTasks(amountOf: (task: TaskFigures) => number): number {
    return this.outermost.reduce((sum, task) => sum + amountOf(task), 0);
  }

  get costUsd(): number {
    return this.sumOfCalls(costOf);
  }

  get actions(): number {
    return this.sumOfTasks(({ actions }) => actions);
  }

  /** Calls that a budget had no room for. */
  get refused(): readonly CallFigures[] {
    return this.calls.filter(({ isRefused }) => isRefused === true);
  }

  /** Ended tasks whose span says so: `task.over_budget`. */
  get flagged(): readonly TaskFigures[] {
    const refusedIn = new Set(this.refused.map(({ taskId }) => taskId));
    return this.tasks.filter((task) => this.overBudget.includes(task) || refusedIn.has(task.id));
  }

  /** Ended tasks that reached their budget. */
  get overBudget(): readonly TaskFigures[] {
    return this.tasks.filter(
      ({ budgetUsd, totals }) => totals.costUsd >= (budgetUsd ?? Number.POSITIVE_INFINITY),
    );
  }

  /** What was wasted on tasks without success, beside their failed calls, which were wasted before. */
  lostInTasksBy(labelsOf: (task: TaskFigures) => Labels): Answer {
    return grouped(this.outermost, labelsOf, ({ id, totals }) => {
      const inCalls = this.sumOfCalls(
        ({ wastedCostUsd }) => wastedCostUsd,
        ({ taskId }) => taskId === id,
      );
      return totals.wastedCostUsd - inCalls;
    });
  }
}

function spentSoFar({ id, name, sessionId, totals }: OpenTask): CallFigures {
  const { costComplete, ...amounts } = totals;
  return { ...amounts, kind: 'tool', tool: 'deep_search', taskName: name, taskId: id, sessionId };
}

export function costOf({ costUsd }: { costUsd: number }): number {
  return costUsd;
}

export function callsIn({ llmCalls, toolCalls }: CallFigures): number {
  return llmCalls + toolCalls;
}

export function isLlm({ kind }: CallFigures): boolean {
  return kind === 'llm';
}

/** Cumulative counts by bucket, as Prometheus keeps a histogram; buckets that are empty are in it. */
export function bucketsOf(costs: readonly number[]): [upperUsd: number, count: number][] {
  return [...USD_BUCKETS, Number.POSITIVE_INFINITY].map((upper) => [
    upper,
    costs.filter((costUsd) => costUsd <= upper).length,
  ]);
}

/** The quantile that Prometheus reads off those buckets: interpolated within the one that it falls into. */
export function bucketQuantile(quantile: number, costs: readonly number[]): number {
  const buckets = bucketsOf(costs);
  const rank = quantile * costs.length;
  const at = buckets.findIndex(([, count]) => count >= rank);
  const [upper, count] = buckets[at] ?? [Number.NaN, 0];
  const [lower, before] = buckets[at - 1] ?? [0, 0];
  return lower + ((upper - lower) * (rank - before)) / (count - before);
}

/** That of every name. */
export function quantilesByName(quantile: number, tasks: readonly TaskFigures[]): Answer {
  const byName = new Map<string, number[]>();
  for (const { name, totals } of tasks) byName.set(name, [...(byName.get(name) ?? []), totals.costUsd]);
  return new Map([...byName].map(([name, costs]) => [`task_name=${name}`, bucketQuantile(quantile, costs)]));
}

export function overallQuantile(quantile: number, tasks: readonly TaskFigures[]): Answer {
  return single(
    bucketQuantile(
      quantile,
      tasks.map(({ totals }) => totals.costUsd),
    ),
  );
}

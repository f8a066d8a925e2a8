/** The report of a model router. */

/** A model and its provider. */
export interface RoutedModel {
  model: string;
  /** The provider that serves it: `gen_ai.provider.name`. */
  provider?: string | undefined;
}

/** The cost of one route's calls, compared with the default model for the same tokens, at list prices. */
export interface RouteCosts extends RoutedModel {
  route: string;
  /** Calls with a known cost. */
  calls: number;
  costUsd: number;
  /** The sum over calls that were cheaper. */
  savedUsd: number;
  /** The sum over calls that were more expensive. Not part of `cost.saved_usd`, which is never negative. */
  dearerUsd: number;
}

/** The calls of a router by route and by task, since it was created. */
export interface RouterReport {
  routes: readonly RouteCosts[];
  /** The results by task. A cheap model that needs more steps or fails more often shows up here. */
  tasks: readonly RoutedTasks[];
  /** Tasks missing from `tasks`, because more than 10,000 were open at once or there were 1,000 kinds of tasks. */
  untrackedTasks: number;
}

/** The cost of tasks with the same name and the same routes. */
export interface RoutedTasks {
  taskName: string;
  /** In alphabetical order. */
  routes: readonly string[];
  tasks: number;
  successfulTasks: number;
  /** The cost of everything in those tasks: every step, tool and retry. */
  costUsd: number;
  /** False when a part of the cost is unknown. */
  costComplete: boolean;
  /** All cost divided by the number of successful tasks. Absent when none succeeded. */
  costPerSuccessfulTaskUsd?: number;
}

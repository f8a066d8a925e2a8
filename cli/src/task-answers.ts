/** The answers about one task: its row, its tree, and the arithmetic of a span. */
import type { Pico, Total } from './figures.js';

type TaskState = 'running' | 'ended';

export interface TaskRow {
  /** The outermost task: `task.id`. */
  id: string;
  traceId: string;
  name: string;
  sessionId: string | null;
  service: string | null;
  /** `running`: no roll-up has arrived; the figures are sums over its leaves so far. */
  state: TaskState;
  outcome: 'success' | 'failure' | 'cancelled' | null;
  startMillis: number;
  endMillis: number | null;
  steps: number;
  inputTokens: number;
  outputTokens: number;
  llmCalls: number;
  toolCalls: number;
  failedCalls: number;
  retries: number;
  llmPico: Pico;
  toolPico: Pico;
  otherPico: Pico;
  total: Total;
  wastedPico: Pico;
  budgetPico: Pico | null;
  isOverBudget: boolean;
  /** Some of its spans had no keys of ours and were priced in the viewer. */
  isPricedHere: boolean;
  /** Times the median of ended tasks of this name. Null below eight of them. */
  timesMedian: number | null;
  /** Set above twice the median: why, such as "2.4 × the median: 3 retries, $0.03". */
  outlier: string | null;
  /** By attribution key: `user`, `team`, `project`, `feature`, `customer`. */
  attribution: Record<string, string>;
}

export interface Tokens {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  reasoning: number;
}

export interface OwnCost {
  /** Null when unknown. */
  pico: Pico | null;
  kind: string | null;
  source: string | null;
  status: 'free' | 'estimated' | 'unpriced' | 'not_billed' | null;
  reason: string | null;
  rateMatch: string | null;
  anomaly: string | null;
  savedPico: Pico | null;
  model: string | null;
  provider: string | null;
  tokens: Tokens | null;
}

export interface RollUp {
  scope: 'session' | 'task' | 'agent' | 'step';
  /** "So far" when it is a sum over leaves, because the scope's roll-up has not arrived. */
  isSoFar: boolean;
  total: Total;
  llmPico: Pico;
  toolPico: Pico;
  wastedPico: Pico;
  savedPico: Pico;
  inputTokens: number;
  outputTokens: number;
}

export type NodeKind = 'session' | 'task' | 'agent' | 'step' | 'llm' | 'tool' | 'cost' | 'other';

export interface TreeNode {
  traceId: string;
  spanId: string;
  /** The parent among the nodes; null for roots. */
  parentSpanId: string | null;
  kind: NodeKind;
  name: string;
  service: string | null;
  startMillis: number;
  endMillis: number;
  isFailed: boolean;
  statusMessage: string | null;
  attempt: number | null;
  /** Of a step, from 1; null where the span does not say. */
  stepNumber: number | null;
  own: OwnCost | null;
  rollUp: RollUp | null;
  isPricedHere: boolean;
  /** Set on a call that a budget refused. */
  refusedBy: { scope: string; measure: string } | null;
}

/**
 * - `equal`: the own costs and the remote cost add up to the roll-up.
 * - `waiting`: spans may still arrive.
 * - `spans_missing`: they add up to less, and spans of the trace are missing (sampled or dropped).
 * - `differs`: an error; red.
 */
export interface SumCheck {
  state: 'equal' | 'waiting' | 'spans_missing' | 'differs';
  ownPico: Pico;
  remotePico: Pico;
  rollUpPico: Pico | null;
}

export interface BudgetBar {
  /** Whose: `task`, `session`, `team`, …. */
  scope: string;
  measure: string;
  /** In pico-dollars for `usd`, else in the unit of the measure. Null when only refusals are known. */
  limit: string | null;
  spent: string | null;
  isOver: boolean;
  refusals: { traceId: string; spanId: string; name: string; timeMillis: number }[];
}

export interface TaskDetail {
  task: TaskRow;
  /** In order of their starts, parents first. At most 5,000. */
  nodes: TreeNode[];
  hiddenNodes: number;
  check: SumCheck;
  budgets: BudgetBar[];
}

/** The arithmetic of one span's cost. */
export interface Arithmetic {
  own: OwnCost;
  /** Empty when the amount was reported, returned or declared, and where the arithmetic is not known. */
  lines: { label: string; quantity: string; unit: string; usdPerUnit: string; pico: Pico }[];
  /** In words: where the amount is from, of which date, and what is in doubt. */
  notes: string[];
  /** True when the lines add up to the cost to the pico-dollar. */
  addsUp: boolean;
}

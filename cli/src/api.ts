/** The questions that the page, the terminal commands and the exports ask the store, and the JSON of the answers. */

/** Whole pico-dollars (1e-12 USD) in decimal digits, for `BigInt`. An unknown amount is null, never "0". */
export type Pico = string;

/** A total over calls. */
export interface Total {
  pico: Pico;
  /** The part of it that is estimated. */
  estimatedPico: Pico;
  /** Calls below without a known cost. */
  unpricedCalls: number;
  /** True when something is missing, such as an unpriced or open call: the page shows "+". */
  isLowerBound: boolean;
}

/** A period of time, half open. */
interface Period {
  fromMillis: number;
  toMillis: number;
}

/** `auto` follows the data: it is the shortest of the others that contains all spans, and ends at the last of them. */
export type WindowName = 'auto' | '15m' | '1h' | '6h' | '24h' | '7d' | '30d' | 'all';

/** By name, or two times. */
export type Window = WindowName | Period;

export interface Spans {
  spans: number;
  /** Start of the first span and end of the last one. Null without spans. */
  firstMillis: number | null;
  lastMillis: number | null;
}

export interface Status extends Spans {
  version: string;
  /** The export address with the port in use, such as `http://127.0.0.1:4318`. */
  endpoint: string;
  /** The file of the store; null in memory, where a crash loses everything. */
  file: string | null;
  bytes: number;
  /** Spans that could not be read or were too large, since the start. */
  rejectedSpans: number;
  /** Spans deleted by retention, since the start. */
  deletedSpans: number;
  /** Set above a size from which another backend serves better. */
  advice: string | null;
  demo: 'ready' | 'running' | 'unavailable';
  /** The reason when a part of the viewer does not work, such as the store. */
  trouble: string | null;
}

export interface Ticker {
  /** Own cost per hour, over `rateOverMillis` up to now. */
  usdPerHourPico: Pico;
  isRateLowerBound: boolean;
  rateOverMillis: number;
  activeTasks: number;
  /** In the window. */
  spent: Total;
  wastedPico: Pico;
  /** Own cost since midnight and since the first of the month, local time. */
  today: Total;
  month: Total;
  /**
   * Today's and this month's cost at the end of the day and month, with the arithmetic in words; null without a cost today,
   * and before there are costs of more than an hour.
   */
  projectedTodayPico: Pico | null;
  projectedMonthPico: Pico | null;
  projection: string;
  /** Own cost over time, in the window. */
  series: { startMillis: number; stepMillis: number; pico: Pico[] };
}

export interface Overview {
  asOfMillis: number;
  window: Period & { name: WindowName | 'custom' };
  ticker: Ticker;
}

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

export type TaskSort =
  | 'start'
  | 'name'
  | 'outcome'
  | 'steps'
  | 'tokens'
  | 'llm'
  | 'tool'
  | 'total'
  | 'wasted';

export interface TaskQuery {
  window: Window;
  sort?: TaskSort;
  descending?: boolean;
  /** Part of the id, name, session or service; case does not matter. */
  filter?: string;
  name?: string;
  outcome?: 'success' | 'failure' | 'cancelled' | 'running';
  /** Only those above twice the median, or over budget. */
  only?: 'outliers' | 'over_budget';
  /** At most 25,000, and 1,000 in a request. Default 100. */
  limit?: number;
  offset?: number;
}

export interface TaskPage {
  rows: TaskRow[];
  /** Tasks that match, on all pages. */
  count: number;
}

export interface Percentiles {
  count: number;
  /** Of them, those whose total is a lower bound. With any, the percentiles are lower bounds too. */
  incomplete: number;
  p50Pico: Pico;
  p90Pico: Pico;
  p99Pico: Pico;
}

export interface Distribution {
  /** Cost per ended outermost task. Null without any. */
  now: Percentiles | null;
  /** The period of the same length before. */
  before: Percentiles | null;
  bins: { fromPico: Pico; toPico: Pico; count: number }[];
  /** The task names in the window, the most expensive first. At most 50. */
  names: string[];
}

export interface Opportunity {
  kind: string;
  /** A model, a tool or the name of a task. */
  subject: string;
  amountPico: Pico;
  amountIs: 'saving' | 'spend';
  count: number;
  message: string;
  /** The advice. */
  fix: string;
  /** At most 50, the most expensive first. */
  evidence: { traceId: string; spanId: string; taskId: string | null }[];
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

export type ExploreKey =
  | 'session'
  | 'task'
  | 'model'
  | 'tool'
  | 'agent'
  | 'team'
  | 'feature'
  | 'customer'
  | 'user';

export interface ExploreRow {
  /** Null for cost without this key. */
  key: string | null;
  total: Total;
  wastedPico: Pico;
  /** Successful actions of outermost tasks, and all cost divided by them; null where tasks do not belong to the group. */
  actions: number | null;
  costPerActionPico: Pico | null;
  tasks: number;
  llmCalls: number;
  toolCalls: number;
  failedCalls: number;
  inputTokens: number;
  outputTokens: number;
}

export interface Explore {
  rows: ExploreRow[];
  /** Groups, on all pages. */
  count: number;
  total: Total;
}

export interface ExploreQuery {
  window: Window;
  by: ExploreKey;
  sort?: 'key' | 'total' | 'wasted' | 'perAction' | 'calls' | 'tokens';
  descending?: boolean;
  filter?: string;
  /** At most 25,000, and 1,000 in a request. Default 200. */
  limit?: number;
  offset?: number;
}

export interface Questions {
  spans(): Promise<Spans>;
  overview(window: Window): Promise<Overview>;
  tasks(query: TaskQuery): Promise<TaskPage>;
  distribution(window: Window, name?: string): Promise<Distribution>;
  opportunities(window: Window): Promise<Opportunity[]>;
  /** Undefined for an unknown task. */
  task(id: string): Promise<TaskDetail | undefined>;
  arithmetic(traceId: string, spanId: string): Promise<Arithmetic | undefined>;
  explore(query: ExploreQuery): Promise<Explore>;
}

/** An event of `GET /api/live`: something has changed since. */
export interface LiveChange {
  /** Grows with each commit; starts at 0 with the viewer. */
  sequence: number;
  /** New since the event before; 0 in the first one. */
  spans: number;
}

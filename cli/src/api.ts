/** The questions that the page, the terminal commands and the exports ask the store, and the JSON of the answers. */
import type { Pico, Total } from './figures.js';
import type { Arithmetic, TaskDetail, TaskRow } from './task-answers.js';

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

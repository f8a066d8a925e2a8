/** The options of `CostSpanProcessor`. */
import type { BudgetOptions } from '../ledger/budget-options.js';
import type { PriceOptions } from '../pricing/model-rate.js';
import type { ToolPrices } from '../pricing/tool-prices.js';
import type { TaskSummary } from './summary.js';

/**
 * A backend's attribute names for the cost of a span. `gen_ai` is `gen_ai.usage.cost`. It is always written, unless
 * `otel-draft` replaces it or `none` leaves out all names; `openinference`, `langfuse`, `logfire` and `mlflow` are
 * written in addition. See docs/backends.md for the names that each backend reads.
 */
export type Dialect = 'gen_ai' | 'openinference' | 'langfuse' | 'logfire' | 'mlflow' | 'otel-draft' | 'none';

/** Options of the processor and of the runtime behind the wrappers. All are optional. */
export interface CostSpanProcessorOptions extends PriceOptions {
  /** Tool prices by name, for wrappers that declare none and for other instrumentations' `execute_tool` spans. */
  tools?: ToolPrices | undefined;
  /**
   * Attribute names for own cost that backends read, in addition to `cost_usd`. `gen_ai` is always included, unless
   * `otel-draft` replaces it. `none` must be the only value, and leaves out all names. Default `gen_ai`.
   */
  dialects?: Dialect | readonly Dialect[] | undefined;
  /** Attribution keys in addition to the built-in ones, each written as `cost.tag.<key>`. At most 32. */
  attributionKeys?: readonly string[] | undefined;
  /**
   * Attribution keys that are sent to other processes as W3C baggage, and read from incoming requests; true for all
   * keys. Default: none.
   *
   * Baggage is sent with every instrumented request, including requests to model providers, and incoming baggage is
   * trusted. Choose keys that hold no secret, and remove baggage from requests of untrusted clients.
   */
  baggageAttribution?: boolean | readonly string[] | undefined;
  /**
   * Attribution keys, built-in or declared, that metrics also carry as labels, such as `team`. `user` is not allowed,
   * because each user would be a series of its own. Default: none.
   */
  metricAttributes?: readonly string[] | undefined;
  /** Additional attribute names of session ids on other instrumentations' spans. At most 16. */
  sessionIdKeys?: readonly string[] | undefined;
  /** Sessions kept by id, from 1 to 1,000,000. Default 10,000; the least recently used idle one is dropped first. */
  maxSessions?: number | undefined;
  /**
   * Budgets by attribution key (`user`, `team`, …, and declared keys) and by `session`. Each value of a key has its own
   * budget, over all tasks of this process. Steps and time can be limited for sessions only. 10,000 values of a key are
   * kept; the least recently used idle one is dropped first.
   */
  budgets?: Record<string, BudgetOptions> | undefined;
  /**
   * Settings for numbers in usage that this package does not know. `ignore`: paths of numbers that are irrelevant for
   * the bill, as the warning names them (`usage.foo_tokens`, or the name of a span attribute). Calls with them are no
   * longer `estimated`. At most 100.
   */
  knownUsage?: { ignore?: readonly string[] | undefined } | undefined;
  /** Called with the summary of every task that ends. An error that it throws is caught. */
  onTaskEnd?: ((summary: TaskSummary) => void) | undefined;
}

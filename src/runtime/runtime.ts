import { answered } from '../callback.js';
import { BudgetTable } from '../ledger/budget-table.js';
import type { BudgetTerms } from '../ledger/budget-terms.js';
import { Charges } from '../ledger/charges.js';
import { CallHistory } from '../ledger/history.js';
import type { SessionEntry } from '../ledger/scope.js';
import { Sessions } from '../ledger/sessions.js';
import { TaskTallies } from '../ledger/task-tally.js';
import { LabelKeys } from '../metrics/label-keys.js';
import { PriceBook } from '../pricing/price-book.js';
import type { ToolPrices } from '../pricing/tool-prices.js';
import { attributeOf } from '../spans/attribution.js';
import type { InstantChild } from '../spans/own-span.js';
import { StartsBeside } from '../spans/side-by-side.js';
import type { SpanRecord } from '../spans/span-record.js';
import type { ProcessorStats } from '../stats.js';
import { checked } from '../validate.js';
import { INTERNAL_ERROR, warnOnce } from '../warnings.js';
import { DialectWriter } from './dialects.js';
import { resolveOptions } from './options.js';
import type { CostSpanProcessorOptions } from './processor-options.js';
import type { TaskSummary } from './summary.js';
import { UnreadUsage } from './unread-usage.js';

/** The counters of `ProcessorStats` that are not table sizes. */
export type RuntimeStats = {
  -readonly [Name in Exclude<
    keyof ProcessorStats,
    'unreadUsage' | `${string}Evictions`
  >]: ProcessorStats[Name];
};

/** A task that was started, and whose work has to be run in it. */
export interface StartedWork {
  /** True once some work has run in it, or it has ended. */
  readonly isOver: boolean;
  /** True for a call that was opened where the task was started. */
  isBeside(call: SpanRecord): boolean;
  /** Reports such a call. */
  noteCallBeside(): void;
}

/** Prices, sessions and options of one process. Connects spans with the ledger. */
export class Runtime {
  readonly prices: PriceBook;
  readonly sessions: Sessions;
  readonly tools: ToolPrices;
  readonly dialects: DialectWriter;
  readonly attributionKeys: readonly string[];
  /** Attribution keys that are sent and read as baggage, by attribute name. */
  readonly baggageKeys: ReadonlyMap<string, string>;
  readonly sessionIdKeys: readonly string[];
  readonly labelKeys: LabelKeys;
  readonly stats: RuntimeStats = {
    internalErrors: 0,
    refusedAmounts: 0,
    ignoredProcessors: 0,
    corrections: 0,
    releasedScopes: 0,
    budgetRefusals: 0,
    budgetUnknownCalls: 0,
  };
  /** Budgets by attribution key. Each value of a key has its own. */
  readonly budgetTables: ReadonlyMap<string, BudgetTable>;
  /** Open wrappers that have collected bills, oldest first. */
  readonly wrappersWithPockets = new Set<SpanRecord>();
  readonly history = new CallHistory();
  readonly startsBeside = new StartsBeside();
  /** Charges of paid tools by the id that their service gave them. */
  readonly charges = new Charges();
  /**
   * Number of wrapped calls and recorded costs outside every declared task. A queue that runs work in its own context
   * can move the calls of a task there.
   */
  callsOutside = 0;
  /**
   * The last task that `startTask` started. A weak reference, because an app may forget to end it. Only calls that
   * begin soon after it matter.
   */
  startedTask: WeakRef<StartedWork> | undefined;
  /** True once a `withLlm` or `wrapLlm` was called. */
  hasLlmWrapper = false;
  readonly taskTallies = new TaskTallies();
  readonly unreadUsage: UnreadUsage;
  private readonly sessionBudget: BudgetTerms | undefined;
  private readonly onTaskEnd: ((summary: TaskSummary) => void) | undefined;

  /**
   * Throws {@link InvalidOptionError}. `prices`: those of a runtime with the same options, whose rates are then looked
   * up once for both.
   */
  constructor(
    options: CostSpanProcessorOptions,
    /** Makes the spans that state what the span they belong to cannot carry. */
    readonly instantChild: InstantChild,
    prices?: PriceBook,
  ) {
    const resolved = checked('CostSpanProcessor options', () => resolveOptions(options));
    this.sessions = new Sessions(resolved.maxSessions);
    this.tools = resolved.tools;
    this.dialects = new DialectWriter(resolved.dialects);
    this.prices = prices ?? new PriceBook(resolved.prices, '', { splitsCost: this.dialects.splitsCost });
    this.attributionKeys = resolved.attributionKeys;
    this.baggageKeys = new Map(resolved.baggageKeys.map((key) => [attributeOf(key), key]));
    this.sessionIdKeys = resolved.sessionIdKeys;
    this.labelKeys = new LabelKeys(resolved.metricAttributes);
    this.unreadUsage = new UnreadUsage(resolved.ignoredUsage);
    this.onTaskEnd = resolved.onTaskEnd;
    this.sessionBudget = resolved.budgets.get('session');
    const keys = [...resolved.budgets].filter(([key]) => key !== 'session');
    this.budgetTables = new Map(keys.map(([key, terms]) => [key, new BudgetTable(key, terms)]));
  }

  /** Number of attribution values and sessions whose spending is forgotten because a table was full. */
  get budgetEvictions(): number {
    let evictions = this.sessions.forgottenBudgets;
    for (const table of this.budgetTables.values()) evictions += table.evictions;
    return evictions;
  }

  /** Enters a session by its id, inside `outer`. Returns the existing entry if the session was entered further out. */
  enterSession(id: string, outer: SessionEntry | undefined): SessionEntry {
    for (let at = outer; at !== undefined; at = at.outer) if (at.session.id === id) return at;
    const session = this.sessions.enter(id);
    if (session.budget === undefined && this.sessionBudget !== undefined) session.limitTo(this.sessionBudget);
    return { session, outer, ended: false, stale: false };
  }

  reportTaskEnd(summary: () => TaskSummary): void {
    if (this.onTaskEnd === undefined) return;
    const warn = (error: unknown) => warnOnce('onTaskEnd threw', error);
    try {
      answered(this.onTaskEnd(summary()), warn);
    } catch (error) {
      warn(error);
    }
  }

  /** Runs work of this package, and keeps its errors from the app. */
  guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.caught(error);
    }
  }

  /** Counts an error in this package and reports it once. */
  caught(error: unknown): void {
    this.stats.internalErrors += 1;
    warnOnce(INTERNAL_ERROR, error);
  }
}

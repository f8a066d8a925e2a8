import { answered } from '../callback.js';
import { enterCopy, reportOthers, sharedName } from '../copies.js';
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
import type { SpanRecord } from '../spans/span-record.js';
import type { ProcessorStats } from '../stats.js';
import { checked } from '../validate.js';
import { INTERNAL_ERROR, warnOnce } from '../warnings.js';
import { AttributionBaggage } from './baggage.js';
import { DialectWriter } from './dialects.js';
import { ledgerMetrics } from './ledger-metrics.js';
import { addListener } from './listeners.js';
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
  readonly baggage: AttributionBaggage;
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

  /** Throws {@link InvalidOptionError}. */
  constructor(options: CostSpanProcessorOptions = {}) {
    const resolved = checked('CostSpanProcessor options', () => resolveOptions(options));
    this.sessions = new Sessions(resolved.maxSessions);
    this.tools = resolved.tools;
    this.dialects = new DialectWriter(resolved.dialects);
    this.prices = new PriceBook(resolved.prices, '', { splitsCost: this.dialects.splitsCost });
    this.attributionKeys = resolved.attributionKeys;
    this.baggage = new AttributionBaggage(resolved.baggageKeys);
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

/** Shared by all copies of the same protocol in one process, so that a span is never metered twice. */
interface Registry {
  readonly meters: Runtime[];
  fallback: Runtime | undefined;
}

const REGISTRY = Symbol.for(sharedName('meters'));

let shared: Registry | undefined;

function registry(): Registry {
  if (shared !== undefined) return shared;
  const holder: typeof globalThis & { [REGISTRY]?: Registry } = globalThis;
  holder[REGISTRY] ??= { meters: [], fallback: undefined };
  const known = holder[REGISTRY];
  shared = known;
  addListener(ledgerMetrics(currentRuntime));
  enterCopy(() => known.meters.length);
  reportOthers();
  return known;
}

/** The runtime of the process: that of the first processor that is not shut down, or one with default options. */
export function currentRuntime(): Runtime {
  const known = registry();
  const [first] = known.meters;
  if (first !== undefined) return first;
  known.fallback ??= new Runtime();
  return known.fallback;
}

/** Registers the runtime of a processor. False if another one is already active. */
export function registerRuntime(runtime: Runtime): boolean {
  const { meters } = registry();
  reportOthers();
  meters.push(runtime);
  return meters[0] === runtime;
}

export function isCurrentRuntime(runtime: Runtime): boolean {
  return registry().meters[0] === runtime;
}

/** True for the runtime of a processor that waits until earlier ones are shut down. */
export function isWaitingRuntime(runtime: Runtime): boolean {
  return registry().meters.indexOf(runtime) > 0;
}

/** True when a processor waits until an earlier one is shut down. */
export function anotherRuntimeWaits(): boolean {
  return registry().meters.length > 1;
}

export function unregisterRuntime(runtime: Runtime): void {
  const { meters } = registry();
  const at = meters.indexOf(runtime);
  if (at >= 0) meters.splice(at, 1);
}

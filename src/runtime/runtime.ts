import { answered } from '../callback.js';
import { enterCopy, reportOthers, sharedName } from '../copies.js';
import type { BudgetTerms } from '../ledger/budget-options.js';
import { BudgetTable } from '../ledger/budget-table.js';
import { CallHistory } from '../ledger/history.js';
import type { SessionEntry } from '../ledger/scope.js';
import { Sessions } from '../ledger/sessions.js';
import { TaskTallies } from '../ledger/task-tally.js';
import { LabelKeys } from '../metrics/label-keys.js';
import { PriceBook } from '../pricing/price-book.js';
import type { ToolPrices } from '../pricing/tool-prices.js';
import { INTERNAL_ERROR, warnOnce } from '../warnings.js';
import { AttributionBaggage } from './baggage.js';
import { DialectWriter } from './dialects.js';
import { type CostOptions, resolveOptions } from './options.js';
import type { TaskSummary } from './summary.js';

/** What went wrong or was left out, counted. Starts at 0 with the process; never reset. */
export interface MeterStats {
  /** Errors of ours that were caught before they could reach the app. */
  internalErrors: number;
  /** Amounts that were refused: not finite, negative, or above $1,000,000. */
  refusedAmounts: number;
  /** Processors constructed while another one was the runtime. */
  ignoredProcessors: number;
  /** Zero-length spans that restated a roll-up after late work. */
  corrections: number;
  /**
   * Scopes that had ended and are not corrected any more for work that still goes on below them: the nearest seven and
   * the outermost task are.
   */
  releasedScopes: number;
  /** Calls that were not made because a budget had no room for them. */
  budgetRefusals: number;
}

/** The bridge between spans and the ledger: prices, sessions and options of one process. */
export class Runtime {
  readonly prices: PriceBook;
  readonly sessions: Sessions;
  readonly tools: ToolPrices;
  readonly dialects: DialectWriter;
  readonly attributionKeys: readonly string[];
  readonly baggage: AttributionBaggage;
  readonly sessionIdKeys: readonly string[];
  readonly labelKeys: LabelKeys;
  readonly stats: MeterStats = {
    internalErrors: 0,
    refusedAmounts: 0,
    ignoredProcessors: 0,
    corrections: 0,
    releasedScopes: 0,
    budgetRefusals: 0,
  };
  /** The budgets by attribution key; each value of a key has its own. */
  readonly budgetTables: ReadonlyMap<string, BudgetTable>;
  readonly history = new CallHistory();
  /**
   * Wrapped calls and recorded costs in no task that the app declared. A queue that runs work in a context of its own
   * makes a task's calls there, and the task itself sees none.
   */
  callsOutside = 0;
  /** A `withLlm` or `wrapLlm` was entered. */
  hasLlmWrapper = false;
  readonly taskTallies = new TaskTallies();
  private readonly sessionBudget: BudgetTerms | undefined;
  private readonly onTaskEnd: ((summary: TaskSummary) => void) | undefined;

  /** Throws {@link InvalidOptionError}. */
  constructor(options: CostOptions = {}) {
    const resolved = resolveOptions(options);
    this.sessions = new Sessions(resolved.maxSessions);
    this.tools = resolved.tools;
    this.dialects = new DialectWriter(resolved.dialects);
    this.prices = new PriceBook(resolved.prices, '', { splitsCost: this.dialects.splitsCost });
    this.attributionKeys = resolved.attributionKeys;
    this.baggage = new AttributionBaggage(resolved.baggageKeys);
    this.sessionIdKeys = resolved.sessionIdKeys;
    this.labelKeys = new LabelKeys(resolved.metricAttributes);
    this.onTaskEnd = resolved.onTaskEnd;
    this.sessionBudget = resolved.budgets.get('session');
    const keys = [...resolved.budgets].filter(([key]) => key !== 'session');
    this.budgetTables = new Map(keys.map(([key, terms]) => [key, new BudgetTable(key, terms)]));
  }

  /** Values of attribution whose budgets were dropped because a table was full. */
  get budgetEvictions(): number {
    let evictions = 0;
    for (const table of this.budgetTables.values()) evictions += table.evictions;
    return evictions;
  }

  /** An entry into a session by its id, below those that are entered already. */
  enterSession(id: string, outer: SessionEntry | undefined): SessionEntry {
    for (let at = outer; at !== undefined; at = at.outer) if (at.session.id === id) return at;
    const session = this.sessions.enter(id);
    if (session.budget === undefined && this.sessionBudget !== undefined) session.limitTo(this.sessionBudget);
    return { session, outer, ended: false, stale: false };
  }

  tellTaskEnd(summary: () => TaskSummary): void {
    if (this.onTaskEnd === undefined) return;
    const warn = (error: unknown) => warnOnce('onTaskEnd threw', error);
    try {
      answered(this.onTaskEnd(summary()), warn);
    } catch (error) {
      warn(error);
    }
  }

  /** Runs our own work so that no error of it can reach the app. */
  guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.caught(error);
    }
  }

  /** An error of ours, kept from the app. */
  caught(error: unknown): void {
    this.stats.internalErrors += 1;
    warnOnce(INTERNAL_ERROR, error);
  }
}

/** Shared by all copies of this protocol in one process, so that a span is never metered by two of them. */
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
  enterCopy(() => known.meters.length);
  reportOthers();
  return known;
}

/** The process's runtime: of the first processor that is not shut down, or one with default options. */
export function currentRuntime(): Runtime {
  const known = registry();
  const [first] = known.meters;
  if (first !== undefined) return first;
  known.fallback ??= new Runtime();
  return known.fallback;
}

/** Enters a processor's runtime; false when another one is there already. */
export function registerRuntime(runtime: Runtime): boolean {
  const { meters } = registry();
  reportOthers();
  meters.push(runtime);
  return meters[0] === runtime;
}

export function isCurrentRuntime(runtime: Runtime): boolean {
  return registry().meters[0] === runtime;
}

/** True for a processor's runtime that has to wait until those before it are shut down. */
export function isWaitingRuntime(runtime: Runtime): boolean {
  return registry().meters.indexOf(runtime) > 0;
}

/** True when there is a processor that does nothing as long as the first one is not shut down. */
export function anotherRuntimeWaits(): boolean {
  return registry().meters.length > 1;
}

export function unregisterRuntime(runtime: Runtime): void {
  const { meters } = registry();
  const at = meters.indexOf(runtime);
  if (at >= 0) meters.splice(at, 1);
}

/** A store in the memory of this process, exact: for tests of an app, and the model that other stores are tested against. */
import { expectFunction, expectKnownKeys, expectRecord } from '../../validate.js';
import { Amounts, MemoryPeriod } from './memory-period.js';
import { decide } from './memory-room.js';
import type {
  RowKey,
  SharedStore,
  StoreAnswer,
  StoreAsk,
  StoreBatch,
  StoreBudget,
  StoredRow,
  StoreLease,
  StoreOutcome,
  StorePeriod,
  StoreRow,
  StoreSettled,
  StoreSettlement,
  StoreState,
} from './store.js';
import { checkAsk, checkBatch, checkLease, checkRow, MAX_RECLAIMED, WRITER_MILLIS } from './store-rules.js';

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /** The clock of the store, in ms since 1970. Default: `Date.now`. */
  nowMillis?: (() => number) | undefined;
}

/** A {@link SharedStore} in this process. */
export interface MemoryStore extends SharedStore {
  /** Loses all data, as a Redis does that restarts without a file. The store has to be opened again. */
  clear(): void;
}

/**
 * A store for `shareCosts` in the memory of this process. It shares nothing with other processes: use it in tests, and to
 * try out shared budgets without a Redis.
 *
 * @throws InvalidOptionError if an option is unknown or invalid.
 *
 * @example
 * const store = memoryStore();
 * await store.open();
 */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  expectKnownKeys('', expectRecord('options', options), ['nowMillis']);
  const { nowMillis = Date.now } = options;
  expectFunction('nowMillis', nowMillis);
  return new Memory(nowMillis);
}

interface Row {
  readonly parts: Map<string, { readonly version: number; readonly value: string }>;
  expiresMillis: number;
}

/** The latest version of a writer, and when it last wrote. */
interface Writer {
  version: number;
  usedMillis: number;
}

interface Budget {
  readonly periods: Map<string, MemoryPeriod>;
  readonly writers: Map<string, Writer>;
}

/** Each method does its work before it returns, so that none sees half of another. */
class Memory implements MemoryStore {
  private generation: string | undefined;
  private readonly rows = new Map<string, Row>();
  private readonly budgets = new Map<string, Budget>();

  constructor(private readonly nowMillis: () => number) {}

  clear(): void {
    this.generation = undefined;
    this.rows.clear();
    this.budgets.clear();
  }

  async open(): Promise<StoreState> {
    this.generation ??= crypto.randomUUID();
    return this.state();
  }

  async write(rows: readonly StoreRow[]): Promise<StoreState> {
    for (const row of rows) checkRow(row);
    const nowMillis = this.nowMillis();
    for (const row of rows) {
      const key = rowKey(row);
      const { parts } = this.rowOf(key) ?? { parts: new Map() };
      if ((parts.get(row.writer)?.version ?? 0) >= row.version) continue;
      parts.set(row.writer, { version: row.version, value: row.value });
      this.rows.set(key, { parts, expiresMillis: nowMillis + Math.ceil(row.keepMillis) });
    }
    return this.state();
  }

  async read(keys: readonly RowKey[]): Promise<StoreState & { readonly rows: readonly StoredRow[] }> {
    const rows = keys.map(({ kind, id }) => {
      const parts = [...(this.rowOf(rowKey({ kind, id }))?.parts ?? [])];
      return { kind, id, parts: parts.map(([writer, { value }]) => ({ writer, value })) };
    });
    return { ...this.state(), rows };
  }

  async reserve(ask: StoreAsk): Promise<StoreAnswer> {
    checkAsk(ask);
    const periods = this.use(ask.budget, ask.periods, ask.id);
    const found = this.answerTo(ask, periods);
    const states = periods.map((period) => period.state());
    return { ...this.state(), ...found, states };
  }

  private answerTo(
    ask: StoreAsk,
    periods: readonly MemoryPeriod[],
  ): Pick<StoreAnswer, 'outcome' | 'period' | 'limit'> {
    const { id, amounts, holds, isForced } = ask;
    const untilMillis = this.nowMillis() + Math.ceil(ask.leaseMillis);
    const former = this.formerOutcome(id, periods, untilMillis);
    const isClosed = this.generation === undefined && !isForced;
    if (isClosed) return { outcome: 'not_open' };
    if (former !== undefined) return { outcome: former };
    const { verdict, alone, ...place } = decide(periods, ask);
    if (verdict !== 'fits' && verdict !== 'alone') return { outcome: verdict, ...place };
    const held = Amounts.from(amounts);
    if (!periods.every((period) => period.canHold(held))) return { outcome: 'overflow' };
    const outcome = verdict === 'fits' ? 'admitted' : verdict;
    for (const period of periods) period.enter(id, { outcome, amounts: held, holds, alone }, untilMillis);
    return { outcome };
  }

  /** The outcome of the same request before. Its lease is extended. */
  private formerOutcome(
    id: string,
    periods: readonly MemoryPeriod[],
    untilMillis: number,
  ): StoreOutcome | undefined {
    if (periods.some((period) => period.hasEnded(id))) return 'ended';
    for (const period of periods) period.extend(id, untilMillis);
    return periods.map((period) => period.holdOf(id)?.outcome).find((outcome) => outcome !== undefined);
  }

  async settle({ budget, writer, version, settlements }: StoreBatch): Promise<StoreSettled> {
    checkBatch({ budget, writer, version, settlements });
    const named = new Map(
      settlements.flatMap(({ periods }) => periods.map((period) => [period.name, period])),
    );
    const periods = new Map([...named.keys()].map((name) => [name, this.periodOf(budget, name)]));
    this.use(budget, [...named.values()]);
    const isNew = this.note(budget, writer, version);
    let overflowed = 0;
    for (const entry of isNew ? settlements : []) {
      const at = entry.periods.flatMap(({ name }) => periods.get(name) ?? []);
      if (!settleIn(at, entry, this.nowMillis())) overflowed += 1;
    }
    const states = [...periods.values()].map((period) => period.state());
    return { ...this.state(), states, overflowed };
  }

  async renew(leases: readonly StoreLease[]): Promise<StoreState> {
    for (const lease of leases) checkLease(lease);
    const nowMillis = this.nowMillis();
    for (const { budget, id, periods, leaseMillis } of leases) {
      for (const { name, keepMillis } of periods) {
        const period = this.periodOf(budget, name);
        if (period.runs(id, nowMillis)) period.extend(id, nowMillis + Math.ceil(leaseMillis));
        if (keepMillis !== undefined) period.expiresMillis = nowMillis + Math.ceil(keepMillis);
      }
    }
    return this.state();
  }

  private state(): StoreState {
    return { generation: this.generation, nowMillis: this.nowMillis() };
  }

  private rowOf(key: string): Row | undefined {
    const row = this.rows.get(key);
    if (row === undefined || row.expiresMillis > this.nowMillis()) return row;
    this.rows.delete(key);
    return undefined;
  }

  private budgetOf({ kind, name }: StoreBudget): Budget {
    const key = JSON.stringify([kind, name]);
    const budget = this.budgets.get(key) ?? { periods: new Map(), writers: new Map() };
    this.budgets.set(key, budget);
    return budget;
  }

  private periodOf(budget: StoreBudget, name: string): MemoryPeriod {
    const { periods } = this.budgetOf(budget);
    let period = periods.get(name);
    if (period === undefined || period.expiresMillis <= this.nowMillis()) period = new MemoryPeriod();
    periods.set(name, period);
    return period;
  }

  /** Ends leases that have run out in the periods, and keeps these for longer. */
  private use(budget: StoreBudget, periods: readonly StorePeriod[], id?: string): MemoryPeriod[] {
    const nowMillis = this.nowMillis();
    return periods.map(({ name, keepMillis }) => {
      const period = this.periodOf(budget, name);
      period.reclaim(nowMillis, id);
      if (keepMillis !== undefined) period.expiresMillis = nowMillis + Math.ceil(keepMillis);
      return period;
    });
  }

  /** True if the version of a writer is new. */
  private note(budget: StoreBudget, writer: string, version: number): boolean {
    const { writers } = this.budgetOf(budget);
    const nowMillis = this.nowMillis();
    const idle = [...writers].filter(([, { usedMillis }]) => usedMillis + WRITER_MILLIS <= nowMillis);
    idle.sort(([a, one], [b, two]) => one.usedMillis - two.usedMillis || (a < b ? -1 : 1));
    for (const [name] of idle.slice(0, MAX_RECLAIMED)) writers.delete(name);
    const former = writers.get(writer)?.version ?? 0;
    writers.set(writer, { version: Math.max(former, version), usedMillis: nowMillis });
    return version > former;
  }
}

/** Applies an entry in all of its periods. False: an amount would be out of range, and nothing is changed. */
function settleIn(periods: readonly MemoryPeriod[], entry: StoreSettlement, nowMillis: number): boolean {
  const { id, end } = entry;
  const spent = Amounts.from(entry.amounts ?? {});
  const kept = end === 'keep' ? Amounts.from(entry.kept ?? {}) : undefined;
  const fits = periods.every(
    (period) =>
      period.canSpend(spent) && (id === undefined || kept === undefined || period.canKeep(id, kept)),
  );
  if (!fits) return false;
  for (const period of periods) {
    period.spend(spent);
    if (id !== undefined && end !== undefined) period.end(id, kept, nowMillis);
  }
  return true;
}

function rowKey({ kind, id }: RowKey): string {
  return JSON.stringify([kind, id]);
}

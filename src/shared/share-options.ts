/** The options of `shareCosts`. */
import { InvalidOptionError } from '../errors.js';
import type { OnStoreDown } from '../ledger/budget-options.js';
import { readOnStoreDown } from '../ledger/shared-terms.js';
import { expectKnownKeys, expectNumber, expectRecord } from '../validate.js';
import type { IdentityOptions } from './identity/identity-options.js';
import type { SharedStore } from './store/store.js';

/** Options of `shareCosts`. All are optional. */
export interface ShareCostsOptions {
  /**
   * The store that all processes of the installation share: `redisStore(client)` of `otel-agent-cost-redis`. Without one,
   * only the identity of tasks and sessions is shared.
   */
  store?: SharedStore | undefined;
  /** Which services get the identity of a session and task, and from whom it is accepted. Default: none, and nobody. */
  identity?: IdentityOptions | undefined;
  /**
   * The default for budgets with the option `shared`. `refuse` (default): the call is not made. `allow`: it is made, and
   * booked later. `local`: the use of this process alone decides. The span says which one was applied.
   */
  onStoreDown?: OnStoreDown | undefined;
  /** An answer that takes longer, in ms, counts as none. From 1 to 60,000. Default 500. */
  storeTimeoutMillis?: number | undefined;
  /**
   * How long the room of a call stays reserved after the latest sign of life of its process, in ms. Renewed while the
   * process runs. From 1,000 to 3,600,000. Default 30,000.
   */
  leaseMillis?: number | undefined;
  /** How long costs are collected before they are written to the store, in ms. From 0 to 10,000. Default 20. */
  flushMillis?: number | undefined;
  /**
   * How long the span of a task that has ended waits for the costs of the processes that it has called, in ms. The
   * result of the task is returned at once. Costs that come later are added by a span `cost correction`. From 0 to 60,000.
   * Default 1,000.
   */
  waitForCalleesMillis?: number | undefined;
  /** How long the totals of a task are kept in the store after the latest change, in ms. Default: one day. */
  keepTasksMillis?: number | undefined;
  /** The same for the totals and the budget of a session. Default: 30 days. */
  keepSessionsMillis?: number | undefined;
}

const DAY_MILLIS = 86_400_000;
const YEAR_MILLIS = 366 * DAY_MILLIS;

/** Least, default and most of each number. */
const NUMBERS = {
  storeTimeoutMillis: [1, 500, 60_000],
  leaseMillis: [1_000, 30_000, 3_600_000],
  flushMillis: [0, 20, 10_000],
  waitForCalleesMillis: [0, 1_000, 60_000],
  keepTasksMillis: [60_000, DAY_MILLIS, YEAR_MILLIS],
  keepSessionsMillis: [60_000, 30 * DAY_MILLIS, YEAR_MILLIS],
} as const;

type NumberName = keyof typeof NUMBERS;

const STORE_METHODS = ['open', 'write', 'read', 'reserve', 'settle', 'renew'] as const;

/** The options with their defaults. */
export type ShareSetting = Readonly<Record<NumberName, number>> & {
  readonly store: SharedStore | undefined;
  readonly onStoreDown: OnStoreDown;
};

/** Throws {@link InvalidOptionError}. */
export function readShareOptions(options: unknown): ShareSetting {
  const given = expectRecord('shareCosts options', options);
  expectKnownKeys('shareCosts', given, ['store', 'onStoreDown', 'identity', ...Object.keys(NUMBERS)]);
  const { onStoreDown = 'refuse', store } = given;
  const policy = readOnStoreDown('shareCosts.onStoreDown', onStoreDown);
  if (store !== undefined && !isStore(store))
    throw new InvalidOptionError('shareCosts.store', store, 'a store: wrap your client, redisStore(client)');
  return { ...readNumbers(given), store, onStoreDown: policy };
}

function readNumbers(given: Record<string, unknown>): Record<NumberName, number> {
  const read = (name: NumberName): number => {
    const [least, usual, most] = NUMBERS[name];
    const value = given[name];
    return value === undefined ? usual : expectNumber(`shareCosts.${name}`, value, least, most);
  };
  return {
    storeTimeoutMillis: read('storeTimeoutMillis'),
    leaseMillis: read('leaseMillis'),
    flushMillis: read('flushMillis'),
    waitForCalleesMillis: read('waitForCalleesMillis'),
    keepTasksMillis: read('keepTasksMillis'),
    keepSessionsMillis: read('keepSessionsMillis'),
  };
}

function isStore(value: unknown): value is SharedStore {
  if (typeof value !== 'object' || value === null) return false;
  return STORE_METHODS.every((name) => typeof Reflect.get(value, name) === 'function');
}

/** Connects this process with the store that it shares with others. */
import { randomBytes } from 'node:crypto';
import { InvalidOptionError } from '../errors.js';
import { addListener } from '../runtime/listeners.js';
import { currentSharing, type Sharing, setSharing } from '../runtime/sharing.js';
import { checked } from '../validate.js';
import { warnOnce } from '../warnings.js';
import { SharedBudgets } from './budgets/shared-budgets.js';
import { openStoreIds } from './budgets/store-ask.js';
import { withoutMember } from './identity/baggage-member.js';
import { Identity } from './identity/identity.js';
import type { IdentityOptions } from './identity/identity-options.js';
import type { OwnCalls } from './identity/outgoing-identity.js';
import { readShareOptions, type ShareCostsOptions, type ShareSetting } from './share-options.js';
import { checkedStore } from './store/checked-store.js';
import type { SharedStore } from './store/store.js';
import { StoreClient } from './store/store-client.js';
import { within } from './store/within.js';
import { SharedViews } from './totals/shared-views.js';

/** Errors and omissions of `shareCosts`: counts that are never reset. 0 everywhere means that nothing went wrong. */
export interface SharedCostsStats {
  /** Writes of totals that the store did not confirm. They are repeated. */
  readonly failedWrites: number;
  /** Reads of totals without an answer in time. Includes those that were not sent to a store that left others unanswered. */
  readonly failedReads: number;
  /** How often the store has lost data, and settlements of budgets that it did not take for too long. */
  readonly dataLosses: number;
  /** Requests that the store did not answer in time. */
  readonly storeTimeouts: number;
  /** Requests that the app's client rejected, and answers that cannot be read. */
  readonly storeFailures: number;
  /** Calls in shared budgets that were decided without the store: see the option `onStoreDown`. */
  readonly callsWithoutStore: number;
  /** Settlements of budgets that were given up. */
  readonly droppedSettlements: number;
  /** Parts of other processes that could not be read, because a newer version wrote them. Their totals are incomplete. */
  readonly unreadableParts: number;
  /** Requests that went out without the identity of their task, because it did not fit. */
  readonly identitiesLeftOut: number;
  /** Requests and messages that came in with an identity that was not accepted, not valid, or too old. */
  readonly identitiesIgnored: number;
  /** Tasks whose callees did not report all of their costs within ten minutes. Their totals stay incomplete. */
  readonly incompleteTasks: number;
}

/** How long the store may take for what is written at the end. */
const CLOSE_MILLIS = 5000;

/** The connection of this process to the store. Nothing in it throws or rejects. */
export interface SharedCosts {
  /**
   * Opens the store: begins to count, if it is new or has lost its data. Otherwise, nothing changes. A store that is not
   * open counts as one that cannot be reached: see the option `onStoreDown`. Resolves to false if the store did not answer.
   *
   * Data are lost by `FLUSHALL` or a restart without a file, for example. The budgets in it then start from zero, so
   * opening the store again is a decision: call `open` in the set-up of an installation, and in each process only if it may
   * make that decision.
   */
  open(): Promise<boolean>;
  /** Writes what has not been written to the store. Resolves to false if the store did not confirm it. */
  flush(): Promise<boolean>;
  /**
   * Waits for the spans that wait for other processes, at most `waitForCalleesMillis`; writes what has not been written,
   * gives back what is reserved, and disconnects. Call it before `provider.shutdown()`, when no calls run any more. It ends
   * after `waitForCalleesMillis`, `storeTimeoutMillis` and five seconds at the latest: what the store has not taken by then
   * is lost. Another call resolves with the first.
   */
  close(): Promise<void>;
  readonly stats: SharedCostsStats;
}

/**
 * Shares sessions, tasks and budgets with other processes: their ids travel with requests to the services that you name,
 * the costs of a session or task are added up over all processes, and budgets with the option `shared` are one budget.
 * Called once in a process, before its work begins. It uses the app's own connection, and keeps no process alive.
 *
 * @throws InvalidOptionError if an option is unknown or invalid, or if costs are shared already.
 *
 * @example
 * const costs = shareCosts({ store: redisStore(await createClient().connect()) });
 * await costs.open();
 */
export function shareCosts(options: ShareCostsOptions): SharedCosts {
  const setting = checked('shareCosts options', () => readShareOptions(options));
  if (currentSharing() !== undefined)
    throw new InvalidOptionError(
      'shareCosts',
      options,
      '',
      'shareCosts was called before in this process: close() the former one first',
    );
  const connection = new Connection(setting, options.identity);
  // Without its internals, for an app that logs it.
  return {
    open: () => connection.open(),
    flush: () => connection.flush(),
    close: () => connection.close(),
    get stats() {
      return connection.stats;
    },
  };
}

class Connection implements SharedCosts, Sharing {
  readonly views: SharedViews | undefined;
  readonly budgets: SharedBudgets | undefined;
  readonly contextInside = withoutMember;
  private readonly store: SharedStore | undefined;
  private readonly client: StoreClient;
  private readonly identity: Identity;
  private readonly removeListener: (() => void) | undefined;
  private closing: Promise<void> | undefined;

  constructor(setting: ShareSetting, identity: IdentityOptions | undefined) {
    const store = setting.store === undefined ? undefined : checkedStore(setting.store);
    this.store = store;
    this.client = new StoreClient(setting.storeTimeoutMillis, store);
    // Distinguishes this process from all others that ever use the store.
    const writer = randomBytes(6).toString('base64url');
    this.identity = checked('shareCosts options', () => new Identity(identity, this.ownCalls(writer)));
    if (store !== undefined) {
      this.views = new SharedViews(store, setting, writer, this.client);
      this.budgets = new SharedBudgets(store, setting, this.client);
      this.removeListener = addListener(this.views);
    }
    setSharing(this);
    this.identity.start();
  }

  async open(): Promise<boolean> {
    const { store } = this;
    if (store !== undefined && (await this.client.ask(() => store.open(), true)) !== undefined) return true;
    warnOnce('the store that shareCosts uses did not answer, so it is not known to be open');
    return false;
  }

  async flush(): Promise<boolean> {
    const confirmed = await Promise.all([this.views?.posts.flush(), this.budgets?.flush()]);
    return !confirmed.includes(false);
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    const { views, budgets } = this;
    await views?.open.settled();
    views?.open.stop();
    await Promise.all([
      views && within(CLOSE_MILLIS, () => views.posts.flush()),
      budgets?.close(CLOSE_MILLIS),
    ]);
    views?.stop();
    this.removeListener?.();
    this.identity.stop();
    if (currentSharing() === this) setSharing(undefined);
  }

  get isBusy(): boolean {
    const { views, budgets } = this;
    if (views === undefined || budgets === undefined) return false;
    return views.posts.size > 0 || views.open.isAnyWaiting || budgets.stats.pending > 0;
  }

  async drain(): Promise<void> {
    await this.views?.open.settled();
    await this.flush();
  }

  get stats(): SharedCostsStats {
    const { views, client } = this;
    return {
      failedWrites: views?.posts.failures ?? 0,
      failedReads: views?.open.failures ?? 0,
      dataLosses: client.dataLosses,
      storeTimeouts: client.timeouts,
      storeFailures: client.failures,
      callsWithoutStore: this.budgets?.stats.withoutStore ?? 0,
      droppedSettlements: this.budgets?.stats.dropped ?? 0,
      unreadableParts: views?.unreadableParts ?? 0,
      identitiesLeftOut: this.identity.leftOut,
      identitiesIgnored: this.identity.ignored,
      incompleteTasks: views?.open.incomplete ?? 0,
    };
  }

  private ownCalls(writer: string): OwnCalls {
    return {
      writer,
      nextCall: (record) => this.views?.sent.next(record) ?? 1,
      openReservations: (record) => [
        ...openStoreIds(record.reservation),
        ...(record.task?.outermost.caller?.reservations ?? []),
      ],
    };
  }
}

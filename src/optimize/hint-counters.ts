/** Counts, call by call, what the hints say about calls, for the metrics. */

import type { Scope } from '../ledger/scope.js';
import { currentRuntime } from '../runtime/current-runtime.js';
import { ledgerMetrics, taskName, withValues } from '../runtime/ledger-metrics.js';
import type { SpanRecord } from '../spans/span-record.js';
import { inputTokens } from '../usage/usage.js';
import type { CallRecord } from './call-record.js';
import { smallerModels } from './cheaper-models.js';
import { isConversation, isGrowing, lastBefore } from './conversations.js';
import { type HintKeys, type HintTables, hintTablesOf } from './hint-tables.js';
import { exactPriceOn, isPriced, type PricedCall, savingOf } from './priced-calls.js';

/** Where the counts of one call go. */
interface Place {
  readonly tables: HintTables;
  readonly keys: HintKeys;
  readonly record: SpanRecord;
}

/** The latest calls of a loop that a new one may follow: more than run at once. */
const MAX_RECENT = 64;

/** The models that one loop uses. */
const MAX_MODELS = 16;

/** The calls of one model in one loop. */
class LoopOfModel {
  readonly recent: PricedCall[] = [];
  following = 0;
  growing = 0;
  /** Tokens that were sent again if this loop turns out to be a conversation. */
  pending = 0;

  /** Adds a call. Returns the tokens that are now known to have been sent again. */
  add(call: PricedCall): number {
    this.recent.push(call);
    const previous = lastBefore(this.recent, this.recent.length - 1);
    if (this.recent.length > MAX_RECENT) this.recent.shift();
    if (previous === undefined) return 0;
    this.following += 1;
    if (isGrowing({ call, previous })) {
      this.growing += 1;
      this.pending += inputTokens(previous.tokens);
    }
    if (!isConversation(this.following, this.growing)) return 0;
    const { pending } = this;
    this.pending = 0;
    return pending;
  }
}

export class HintCounters {
  private readonly loops = new WeakMap<Scope, Map<string, LoopOfModel>>();
  /** The arguments of earlier successful tool calls, oldest first. */
  private readonly seen = new Set<string>();

  constructor(private readonly maxSeen: number) {}

  /** Does nothing without a meter provider. */
  count(call: CallRecord, record: SpanRecord): void {
    const isRepeat = this.isRepeat(call);
    const instruments = ledgerMetrics(currentRuntime).instruments();
    if (instruments === undefined) return;
    const tables = hintTablesOf(instruments);
    const place = { tables, keys: tables.keysFor(currentRuntime().labelKeys.attribution), record };
    if (isRepeat) countRepeat(call, place);
    if (!isPriced(call)) return;
    countSmallerModel(call, place);
    this.countSentAgain(call, place);
  }

  private isRepeat({ kind, argumentsHash, isCacheHit, failed }: CallRecord): boolean {
    // A tool with a cache has its own counters.
    if (kind !== 'tool' || argumentsHash === undefined || isCacheHit !== undefined) return false;
    const { seen } = this;
    const isRepeat = seen.has(argumentsHash);
    if (!failed) seen.add(argumentsHash);
    if (seen.size > this.maxSeen) seen.delete(seen.values().next().value ?? '');
    return isRepeat;
  }

  private countSentAgain(call: PricedCall, { tables, keys, record }: Place): void {
    const scope = loopScopeOf(record);
    if (scope === undefined || inputTokens(call.tokens) === 0) return;
    const tokens = this.loopOf(scope, call)?.add(call) ?? 0;
    if (tokens === 0) return;
    const labels = [call.provider, call.name, scope.nearestAgent?.agentName, taskName(record)];
    tables.sentAgain.row(keys.sentAgain, withValues(labels, keys, record)).count += tokens;
  }

  private loopOf(scope: Scope, { provider, name }: PricedCall): LoopOfModel | undefined {
    let models = this.loops.get(scope);
    if (models === undefined) {
      models = new Map();
      this.loops.set(scope, models);
    }
    const key = `${provider} ${name}`;
    let loop = models.get(key);
    if (loop === undefined && models.size < MAX_MODELS) {
      loop = new LoopOfModel();
      models.set(key, loop);
    }
    return loop;
  }
}

function countRepeat({ name, pico }: CallRecord, { tables, keys, record }: Place): void {
  const row = tables.repeats.row(keys.repeats, withValues([name, taskName(record)], keys, record));
  row.calls += 1;
  if (pico !== undefined) row.cost.add(pico);
}

/** Both amounts or none, so that their difference is a saving. */
function countSmallerModel(call: PricedCall, { tables, keys, record }: Place): void {
  const { prices } = currentRuntime();
  for (const smaller of smallerModels(call.name)) {
    const saved = savingOf(prices, call, exactPriceOn(prices, call, smaller));
    if (saved === undefined) continue;
    const labels = withValues([call.provider, call.name, smaller, taskName(record)], keys, record);
    const row = tables.smallerModel.row(keys.smallerModel, labels);
    row.billed.add(call.pico);
    row.onSmaller.add(call.pico - saved);
    return;
  }
}

/** The agent run or task whose loop contains the call. */
export function loopScopeOf(record: SpanRecord): Scope | undefined {
  let at = record.scope ?? record.task?.ensureScope();
  while (at?.kind === 'step' && at.parent !== undefined) at = at.parent;
  return at;
}

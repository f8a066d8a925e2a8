import { answered } from '../callback.js';
import type { AgentHandle } from '../handles.js';
import { picoFromUsd, UsdSum, usdFromPico } from '../money.js';
import { warnOnce } from '../warnings.js';
import { withAgent } from '../wrappers/with.js';
import {
  type CompressedHistory,
  type CompressOptions,
  checkOptions,
  type HistorySavings,
  type SummaryMessage,
} from './history-options.js';
import { estimateTokens } from './history-size.js';
import { cutOf, isSystemMessage } from './message-links.js';

const DEFAULT_KEEP_LAST = 3;
/** Below this a summary costs about as much as it saves. */
const DEFAULT_MIN_TOKENS = 1000;
/** A single message cannot be summarised any better. */
const MIN_MESSAGES = 2;
/** The name of the agent whose roll-up has the cost of the summaries. */
const SUMMARY_AGENT = 'history_summary';
/** State shared by the compressions of one conversation. */
class Tally {
  compressions = 0;
  calls = 0;
  summaryCostComplete = true;
  readonly saved = new UsdSum();
  readonly summaries = new UsdSum();

  savings(): HistorySavings {
    const net = this.saved.toBigInt() - this.summaries.toBigInt();
    return {
      compressions: this.compressions,
      calls: this.calls,
      savedUsd: this.saved.toUsd(),
      summaryCostUsd: this.summaries.toUsd(),
      summaryCostComplete: this.summaryCostComplete,
      netUsd: usdFromPico(Number(net)),
    };
  }
}

const tallies = new WeakMap<object, Tally>();

/**
 * Replaces the older part of a conversation by a summary. System messages and the last messages stay, a tool call
 * stays with its result, a short history stays unchanged, and `messages` itself is not modified. Rejects with
 * `InvalidOptionError` for invalid options. If `summarize` fails, the history stays unchanged.
 */
export async function compressHistory<M extends object>(
  messages: readonly (M | SummaryMessage)[],
  options: CompressOptions<M>,
): Promise<CompressedHistory<M>> {
  checkOptions(options);
  const { previous, step, startAfterStep = 0 } = options;
  const tally = (previous === undefined ? undefined : tallies.get(previous)) ?? new Tally();
  const unchanged = () => compressed([...messages], false, previous?.removedTokens ?? 0, tally, options);
  if (step !== undefined && step <= startAfterStep) return unchanged();
  try {
    return (await compress(messages, options, tally)) ?? unchanged();
  } catch (error) {
    // A message, or a function of the app that counts or creates one, threw.
    return { ...unchanged(), error };
  }
}

/** Undefined when there is nothing to gain. Rejects with the error of a function or a message of the app. */
async function compress<M extends object>(
  messages: readonly (M | SummaryMessage)[],
  options: CompressOptions<M>,
  tally: Tally,
): Promise<CompressedHistory<M> | undefined> {
  const cut = cutOf(messages, options.keepLast ?? DEFAULT_KEEP_LAST);
  const old = messages.slice(0, cut).filter((message) => !isSystemMessage(message));
  const oldTokens = tokensOf(old, options);
  if (old.length < MIN_MESSAGES || oldTokens < (options.minTokens ?? DEFAULT_MIN_TOKENS)) return undefined;
  const summary = await summarise(old, options, tally);
  if ('error' in summary) throw summary.error;
  const removed = oldTokens - tokensOf([summary.message], options);
  if (removed <= 0) return undefined;
  tally.compressions += 1;
  const system = messages.slice(0, cut).filter(isSystemMessage);
  const kept = [...system, summary.message, ...messages.slice(cut)];
  return compressed(kept, true, (options.previous?.removedTokens ?? 0) + removed, tally, options);
}

/** Calls the app's `summarize` as a separate agent, whose roll-up then has the cost. */
async function summarise<M extends object>(
  old: readonly (M | SummaryMessage)[],
  { summarize, summaryMessage = userMessage }: CompressOptions<M>,
  tally: Tally,
): Promise<{ message: M | SummaryMessage } | { error: unknown }> {
  const agents: AgentHandle[] = [];
  try {
    const text = await withAgent(SUMMARY_AGENT, (agent) => {
      agents.push(agent);
      return summarize(old);
    });
    if (typeof text !== 'string' || text.trim() === '') throw new TypeError('summarize returned no string');
    return { message: summaryMessage(text) };
  } catch (error) {
    warnOnce('a history could not be summarised and stays unchanged', error);
    return { error };
  } finally {
    for (const { totals } of agents) {
      tally.summaries.add(picoFromUsd(totals.costUsd));
      tally.summaryCostComplete &&= totals.costComplete;
    }
  }
}

function compressed<M extends object>(
  messages: (M | SummaryMessage)[],
  isCompressed: boolean,
  removedTokens: number,
  tally: Tally,
  { cachedShare = 0 }: CompressOptions<M>,
): CompressedHistory<M> {
  const cacheReadTokens = Math.round(removedTokens * cachedShare);
  const history: CompressedHistory<M> = {
    messages,
    isCompressed,
    removedTokens,
    counterfactual: {
      inputTokens: removedTokens - cacheReadTokens,
      cacheReadTokens,
      onSettled: ({ tokensUsd }) => {
        if (removedTokens === 0) return;
        tally.calls += 1;
        tally.saved.add(picoFromUsd(tokensUsd));
      },
    },
    savings: () => tally.savings(),
  };
  tallies.set(history, tally);
  return history;
}

function userMessage(summary: string): SummaryMessage {
  return { role: 'user', content: `Summary of the conversation so far:\n${summary}` };
}

/** The app's count if it is valid, or else the estimate. */
function tokensOf<M extends object>(
  messages: readonly object[],
  { countTokens }: CompressOptions<M>,
): number {
  if (countTokens === undefined) return estimateTokens(messages);
  try {
    const tokens = answered(countTokens(messages));
    if (Number.isFinite(tokens) && tokens >= 0) return Math.floor(tokens);
    warnOnce('countTokens returned no count; an estimate is used', tokens);
  } catch (error) {
    warnOnce('countTokens threw; an estimate is used', error);
  }
  return estimateTokens(messages);
}

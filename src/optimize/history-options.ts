import type { Counterfactual } from '../counterfactual.js';
import { expectFunction, expectKnownKeys, expectNumber, expectRecord } from '../validate.js';

/** The default form of a summary in the conversation. */
export interface SummaryMessage {
  role: 'user';
  content: string;
}

/** Options of `compressHistory`. */
export interface CompressOptions<M extends object> {
  /** The app's own call of a cheap model, inside its own `withLlm`. Its cost is subtracted from the savings. */
  summarize: (messages: readonly (M | SummaryMessage)[]) => string | PromiseLike<string>;
  /**
   * The number of last messages that stay, from 1. Default 3; more if a tool call would be separated from its
   * result.
   */
  keepLast?: number | undefined;
  /** The current step of the loop, from 1. */
  step?: number | undefined;
  /** The last step without compression. Default 0. */
  startAfterStep?: number | undefined;
  /** The minimum number of tokens to summarise. Default 1,000. */
  minTokens?: number | undefined;
  /**
   * The share of the input that comes from the provider's cache, from 0 to 1. Removing cached input saves less.
   * Default 0.
   */
  cachedShare?: number | undefined;
  /** Counts the tokens of messages. Default: a low estimate, a quarter of their characters. */
  countTokens?: ((messages: readonly object[]) => number) | undefined;
  /** Creates the message that replaces the summarised ones. Default: a user message. */
  summaryMessage?: ((summary: string) => M | SummaryMessage) | undefined;
  /** The result of the last compression of the same conversation, to continue from. */
  previous?: CompressedHistory<M> | undefined;
}

/**
 * The savings from compressing one conversation so far. After each compression, the provider's cache has to be
 * written again once; that cost is in the bill of the next call and not included here.
 */
export interface HistorySavings {
  compressions: number;
  /** LLM calls with a shorter history and a known cost. */
  calls: number;
  /** The amount that those calls saved, at the input rates of their models. */
  savedUsd: number;
  /** The cost of the summaries. */
  summaryCostUsd: number;
  /** False when the cost of a summary is unknown. */
  summaryCostComplete: boolean;
  /** The savings minus the cost of summaries. Below 0 until a summary has paid for itself. */
  netUsd: number;
}

/** A history that may be shorter, and what that saves. */
export interface CompressedHistory<M extends object> {
  /** A new array that contains the same message objects. */
  messages: (M | SummaryMessage)[];
  /** False when the history was left unchanged. */
  isCompressed: boolean;
  /** Tokens that each call from now on does not send, including those of earlier compressions. */
  removedTokens: number;
  /** The error that `summarize` threw. The history was then left unchanged. */
  error?: unknown;
  /** Pass it to the `withLlm` of each call that sends these messages: it sets `cost.saved_usd` there. */
  counterfactual: Counterfactual;
  /** The savings at the time of the call. */
  savings(): HistorySavings;
}

const KNOWN = [
  'summarize',
  'keepLast',
  'step',
  'startAfterStep',
  'minTokens',
  'cachedShare',
  'countTokens',
  'summaryMessage',
  'previous',
] as const satisfies readonly (keyof CompressOptions<object>)[];

const RANGES = [
  ['keepLast', 1, Number.MAX_SAFE_INTEGER],
  ['step', 0, Number.MAX_SAFE_INTEGER],
  ['startAfterStep', 0, Number.MAX_SAFE_INTEGER],
  ['minTokens', 0, Number.MAX_SAFE_INTEGER],
  ['cachedShare', 0, 1],
] as const;

/** Throws `InvalidOptionError`. */
export function checkOptions<M extends object>(options: CompressOptions<M>): void {
  const given = expectRecord('compressHistory options', options);
  expectKnownKeys('compressHistory options', given, KNOWN);
  expectFunction('compressHistory options.summarize', given.summarize);
  for (const key of ['countTokens', 'summaryMessage'] as const) {
    if (given[key] !== undefined) expectFunction(`compressHistory options.${key}`, given[key]);
  }
  for (const [key, least, most] of RANGES) {
    if (given[key] !== undefined) expectNumber(`compressHistory options.${key}`, given[key], least, most);
  }
}

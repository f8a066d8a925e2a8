import type { Counterfactual } from '../pipeline/counterfactual.js';
import { expectFunction, expectKnownKeys, expectNumber, expectRecord } from '../validate.js';

/** The form a summary takes in the conversation unless the app gives it another one. */
export interface SummaryMessage {
  role: 'user';
  content: string;
}

export interface CompressOptions<M extends object> {
  /** The app's own call of a cheap model, in its own `withLlm`. What it costs is set against what is saved. */
  summarize: (messages: readonly (M | SummaryMessage)[]) => string | PromiseLike<string>;
  /** Messages at the end that stay, from 1. Default 3; more where a tool call would be parted from its result. */
  keepLast?: number;
  /** Which step of the loop this is, from 1. */
  step?: number;
  /** Nothing is done up to this step. Default 0. */
  startAfterStep?: number;
  /** Nothing is done while what would be summarised is fewer tokens than this. Default 1,000. */
  minTokens?: number;
  /** What part of the input comes from the provider's cache, from 0 to 1: not sending that saves less. Default 0. */
  cachedShare?: number;
  /** Tokens of some messages. Default: a low estimate, a quarter of their characters. */
  countTokens?: (messages: readonly object[]) => number;
  /** The message that stands for what was summarised. Default: a user message. */
  summaryMessage?: (summary: string) => M | SummaryMessage;
  /** What the last compression of the same conversation gave: it goes on from there. */
  previous?: CompressedHistory<M>;
}

/**
 * What compressing one conversation has brought so far. A provider's cache has to be written anew once after each
 * compression: that is in the bill of the next call, and not in here.
 */
export interface HistorySavings {
  compressions: number;
  /** LLM calls that sent less, of known cost. */
  calls: number;
  /** What those saved, at the input rates of their models. */
  savedUsd: number;
  /** What the summaries cost. */
  summaryCostUsd: number;
  /** False when the cost of a summary is not known. */
  summaryCostComplete: boolean;
  /** Saved less spent on summaries; below 0 until a summary has paid for itself. */
  netUsd: number;
}

export interface CompressedHistory<M extends object> {
  /** An array of its own; the messages in it are the same objects. */
  messages: (M | SummaryMessage)[];
  /** False when the history was left as it is. */
  isCompressed: boolean;
  /** Tokens that each call from now on does not send, earlier compressions included. */
  removedTokens: number;
  /** What `summarize` threw; then the history was left as it is. */
  error?: unknown;
  /** To be handed to the `withLlm` of each call that sends these messages: there it becomes `cost.saved_usd`. */
  counterfactual: Counterfactual;
  /** As it stands when it is asked for. */
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

/**
 * The handles that the functions given to `withSession`, `withTask`, `withAgent`, `withStep`, `withLlm` and `withTool`
 * receive. Nothing in them throws, and they can be destructured: `({ fail }) => …`.
 */
import type { Span } from '@opentelemetry/api';
import type { Totals } from './totals.js';

/** A handle of a call with a span: the part that all handles share. */
export interface CallHandle {
  /** The span of the call, for the app's own attributes and events. It is ended by the wrapper: do not end it. */
  readonly span: Span;
  /**
   * Aborts when a budget with the mode `abort`, of this call or around it, is used up. Its reason is a
   * `BudgetExceededError`. Pass it to the client: `fetch(url, { signal })`.
   */
  readonly signal: AbortSignal;
}

/** A handle of a scope: it has totals, and it can run work from elsewhere. */
export interface ScopeHandle extends CallHandle {
  /** The totals so far, computed on each access. After the end of the scope, the figures of its span and of late work. */
  readonly totals: Totals;
  /**
   * Runs a function in this scope's context and returns its result. Use it for work from a socket, a queue or a
   * callback, which would otherwise belong to whichever scope calls it. Throws only the errors of `fn`.
   *
   * @example
   * socket.on('message', (text) => task.run(() => answer(text)));
   */
  readonly run: <R>(fn: () => R) => R;
}

/** The handle of a session: `withSession`. Its totals are those of the session in this process. */
export interface SessionHandle extends ScopeHandle {
  /** The session id: `session.id`. */
  readonly id: string;
  /** Cost so far divided by the actions of successful tasks, in USD. Undefined when there were no actions. */
  readonly costPerActionUsd: number | undefined;
}

/** The handle of a task: `withTask`. */
export interface TaskHandle extends ScopeHandle {
  /** The task id: `task.id`, the id of its span. */
  readonly id: string;
  /**
   * Returns the task's tree with the cost of each part so far, in lines of at most 100 columns, at most ten per scope.
   */
  readonly receipt: () => string;
  /**
   * Marks the task as successful, with the number of delivered actions: above 0, default 1. Another number is ignored
   * and reported once. Of several calls of `succeed`, `fail` and `cancel`, the last one before the end of the task
   * counts.
   */
  readonly succeed: (options?: { actions?: number | undefined }) => void;
  /**
   * Marks the task as failed, whatever its function returns. Its whole cost is wasted. `reason` is the message of the span's
   * status; at run time, an error is also accepted.
   */
  readonly fail: (reason?: string) => void;
  /** Marks the task as cancelled. Its whole cost is wasted. */
  readonly cancel: () => void;
}

/**
 * The method that `await using` calls when its block is left. The type is conditional, because `Symbol` has this name
 * only with the types of Node.js or the library `esnext.disposable`.
 */
export type EndsWithBlock = typeof Symbol extends { readonly asyncDispose: infer Key extends symbol }
  ? { [Name in Key]: () => Promise<void> }
  : object;

/** The handle of a task that was started with `startTask`. It can be used with `await using`. */
export interface StartedTask extends TaskHandle, EndsWithBlock {
  /** The same as in other handles. In addition, if the last call to end fails, the task is a failure. */
  readonly run: <R>(fn: () => R) => R;
  /**
   * Ends the task and its span. The outcome is the one set with the handle. Without one, it is failure when the `run`
   * that ended last threw or rejected, and success otherwise. Only the first call counts.
   */
  readonly end: () => void;
}

/** The handle of an agent: `withAgent`. */
export interface AgentHandle extends ScopeHandle {
  /** Returns the agent's tree with the cost of each part so far, like a task's. */
  readonly receipt: () => string;
}

/** The handle of a step: `withStep`. */
export interface StepHandle extends ScopeHandle {
  /** Number of the step in its agent's loop, from 1. */
  readonly number: number;
}

/** The handle of an LLM call: `withLlm`. */
export interface LlmHandle extends CallHandle {
  /**
   * Records usage that no response shows. Usage that is recorded twice adds up: an input and an output are the two sides
   * of one call, and a bill is that of the counts recorded beside it. Usage that is recorded while the call runs replaces
   * that of the response. After the end of the call, the larger of the two counts. Never throws: usage without counts is
   * reported once.
   */
  readonly recordUsage: (usage: RecordedUsage) => void;
  /** Does the same with the unchanged usage object or whole response of a provider. */
  readonly recordProviderUsage: (usageOrResponse: object, names?: RecordedModel) => void;
}

/** The handle of a tool call: `withTool`. */
export interface ToolHandle extends CallHandle {}

/** The model that the recorded usage is for. */
export interface RecordedModel {
  /** The model that answered. Settles the price. Default: the one in the recorded object, or else that of the call. */
  model?: string | undefined;
  /** The provider, such as `openai` or `aws.bedrock`. Default: as for the model. */
  provider?: string | undefined;
}

/**
 * Usage of an LLM call that the app states itself. Counts are whole numbers from 0; any other count is refused and
 * named in `cost.anomaly`. At least one count or `costUsd` is needed. An input without an output is a lower bound, except
 * for embeddings and rerankings: the totals are then incomplete until the output is recorded, too. For the usage object of a provider, use
 * `recordProviderUsage`.
 */
export interface RecordedUsage extends RecordedModel {
  /** Cache reads and writes included. */
  inputTokens?: number | undefined;
  /** Reasoning included. */
  outputTokens?: number | undefined;
  /** Part of `inputTokens`. */
  cacheReadTokens?: number | undefined;
  /** Part of `inputTokens`. */
  cacheWriteTokens?: number | undefined;
  /** Part of `outputTokens`. */
  reasoningTokens?: number | undefined;
  /**
   * Cost reported by the provider, in USD, from 0 to 1,000,000, for all counts of the call. The call costs this amount; it
   * is estimated if the list price of the counts is far from it. Another amount is refused and counted, and the list price
   * is then an estimate.
   */
  costUsd?: number | undefined;
}

import { gated } from '../budgets/gate.js';
import { InvalidOptionError } from '../validate.js';
import { AgentCall, type AgentOptions, StepCall, type StepOptions } from './agent-call.js';
import type { Call } from './call.js';
import { callOptions, llmOptions } from './call-options.js';
import { LlmCall } from './llm-call.js';
import type { LlmOptions } from './llm-options.js';
import { SessionCall, type SessionOptions } from './session-call.js';
import { TaskCall, type TaskOptions } from './task-call.js';
import { ToolCall, type ToolOptions } from './tool-call.js';
import type { Unwrapped } from './wrap.js';

export type SessionHandle = Pick<
  SessionCall,
  'id' | 'totals' | 'costPerActionUsd' | 'span' | 'signal' | 'run'
>;
export type TaskHandle = Pick<
  TaskCall,
  'id' | 'totals' | 'span' | 'signal' | 'succeed' | 'fail' | 'cancel' | 'receipt' | 'run'
>;
export type AgentHandle = Pick<AgentCall, 'totals' | 'receipt' | 'span' | 'signal' | 'run'>;
export type StepHandle = Pick<StepCall, 'number' | 'totals' | 'span' | 'signal' | 'run'>;
export type LlmHandle = Pick<LlmCall, 'recordUsage' | 'span' | 'signal'>;
export type ToolHandle = Pick<ToolCall, 'span' | 'signal'>;

/**
 * Each `with…` runs `fn` inside a span and gives back what it gives: a value, a promise, a generator or a stream. The
 * span stays open until that is done, read to its end, or given up. What `fn` throws is thrown. Where a budget around
 * has no room for an LLM call, a tool call or a step, `fn` is not called, and `BudgetExceededError` is thrown.
 */
function run<C extends Call, R>(call: C, fn: (handle: C) => R): R {
  return gated(call, fn, () => fn(call));
}

/** Without this the app would have an error from inside of this package, and a call that failed. */
function check(wrapper: string, fn: unknown): void {
  if (typeof fn === 'function') return;
  throw new InvalidOptionError(`${wrapper} fn`, fn, 'a function that does the work: () => …');
}

/** A session that lives in one process. A text is its id. */
export function withSession<R>(idOrOptions: string | SessionOptions, fn: (session: SessionHandle) => R): R {
  check('withSession', fn);
  return run(new SessionCall(callOptions(idOrOptions, 'id')), fn);
}

/** One unit of work with an outcome: success when `fn` resolves, failure when it throws, or what the handle says. */
export function withTask<R>(nameOrOptions: string | TaskOptions, fn: (task: TaskHandle) => R): R {
  check('withTask', fn);
  return run(new TaskCall(callOptions(nameOrOptions, 'name')), fn);
}

/** One agent's run inside a task. */
export function withAgent<R>(nameOrOptions: string | AgentOptions, fn: (agent: AgentHandle) => R): R {
  check('withAgent', fn);
  return run(new AgentCall(callOptions(nameOrOptions, 'name')), fn);
}

/** One turn of an agent's loop. */
export function withStep<R>(nameOrOptions: string | StepOptions, fn: (step: StepHandle) => R): R {
  check('withStep', fn);
  return run(new StepCall(callOptions(nameOrOptions, 'name')), fn);
}

/** One call of a model. A text is the model. Tokens are read from the response, streamed or not. */
export function withLlm<R>(modelOrOptions: string | LlmOptions, fn: (call: LlmHandle) => R): R {
  check('withLlm', fn);
  return run(new LlmCall(llmOptions(modelOrOptions)), fn);
}

/** One call of a tool. What it costs: its result, else its declared price, else nothing unless it is billable. */
export function withTool<R>(
  options: ToolOptions & { unwrap: true },
  fn: (call: ToolHandle) => R,
): Unwrapped<R>;
export function withTool<R>(nameOrOptions: string | ToolOptions, fn: (call: ToolHandle) => R): R;
export function withTool<R>(nameOrOptions: string | ToolOptions, fn: (call: ToolHandle) => R): R {
  check('withTool', fn);
  const options = callOptions(nameOrOptions, 'name');
  return run(new ToolCall(options, options.args), fn);
}

import { gated } from '../budgets/admission.js';
import { InvalidOptionError } from '../errors.js';
import type {
  AgentHandle,
  LlmHandle,
  SessionHandle,
  StepHandle,
  TaskHandle,
  ToolHandle,
} from '../handles.js';
import { AgentCall, StepCall } from './agent-call.js';
import type { Call } from './call.js';
import { callOptions, llmOptions } from './call-options.js';
import { LlmCall } from './llm-call.js';
import type {
  AgentOptions,
  LlmOptions,
  SessionOptions,
  StepOptions,
  TaskOptions,
  ToolOptions,
} from './options.js';
import { SessionCall } from './session-call.js';
import { TaskCall } from './task-call.js';
import { ToolCall } from './tool-call.js';
import type { ToolResult, Unwrapped } from './wrap.js';

/**
 * Each `with…` runs `fn` inside a span and returns its result: a value, a promise, a generator or a stream. The span
 * stays open until the result is settled, read to its end, or abandoned. Errors of `fn` are thrown unchanged. If a
 * budget has no room for an LLM call, a tool call or a step, `fn` is not called and `BudgetExceededError` is thrown.
 */
function run<C extends Call, R>(call: C, fn: (handle: C) => R): R {
  return gated(call, fn, () => fn(call));
}

/**
 * Throws before a span starts. Otherwise the error would come from inside this package, with a failed call recorded.
 */
function check(wrapper: string, fn: unknown): void {
  if (typeof fn === 'function') return;
  throw new InvalidOptionError(`${wrapper} fn`, fn, 'a function that does the work: () => …');
}

/**
 * Runs `fn` in a session, which lives in one process. A string is its id. Returns and throws what `fn` does. Throws
 * `InvalidOptionError` for a wrong budget.
 *
 * @example
 * await withSession({ id: conversationId, budgetUsd: 2 }, () => withTask('answer', answer));
 */
export function withSession<R>(idOrOptions: string | SessionOptions, fn: (session: SessionHandle) => R): R {
  check('withSession', fn);
  return run(new SessionCall(callOptions(idOrOptions, 'id')), fn);
}

/**
 * Runs `fn` as a task: one unit of work with an outcome. The outcome is the one set with the handle, or else success
 * when `fn` resolves and failure when it throws. A string is the task's name. Returns and throws what `fn` does: a
 * value, a promise, a generator or a stream. The task lasts until its end. Throws `InvalidOptionError` for a wrong
 * budget.
 *
 * @example
 * const reply = await withTask({ name: 'answer', budgetUsd: 0.5 }, async (task) => {
 *   const found = await answer(question);
 *   if (found === undefined) task.fail('no reply');
 *   return found;
 * });
 */
export function withTask<R>(nameOrOptions: string | TaskOptions, fn: (task: TaskHandle) => R): R {
  check('withTask', fn);
  return run(new TaskCall(callOptions(nameOrOptions, 'name')), fn);
}

/**
 * Runs `fn` as one run of an agent inside a task. A string is the agent's name. Returns and throws what `fn` does. Throws
 * `InvalidOptionError` for a wrong budget.
 *
 * @example
 * await withAgent('researcher', (agent) => research(question, agent.signal));
 */
export function withAgent<R>(nameOrOptions: string | AgentOptions, fn: (agent: AgentHandle) => R): R {
  check('withAgent', fn);
  return run(new AgentCall(callOptions(nameOrOptions, 'name')), fn);
}

/**
 * Runs `fn` as one step of an agent's loop. A string is the step's name. Returns and throws what `fn` does. If a budget
 * has no step left, `fn` is not called, and `BudgetExceededError` is thrown.
 *
 * @example
 * for (const turn of turns) await withStep('turn', () => act(turn));
 */
export function withStep<R>(nameOrOptions: string | StepOptions, fn: (step: StepHandle) => R): R {
  check('withStep', fn);
  return run(new StepCall(callOptions(nameOrOptions, 'name')), fn);
}

/**
 * Runs `fn` as one LLM call. A string is the model. Tokens are read from the response, streamed or not. Returns and
 * throws what `fn` does. If a budget has no room for the call, `fn` is not called: `BudgetExceededError` is thrown, or
 * rejected with if `fn` is asynchronous. Throws `InvalidOptionError` for a wrong budget.
 *
 * @example
 * const reply = await withLlm({ provider: 'openai', request }, () => openai.chat.completions.create(request));
 */
export function withLlm<R>(modelOrOptions: string | LlmOptions, fn: (call: LlmHandle) => R): R {
  check('withLlm', fn);
  return run(new LlmCall(llmOptions(modelOrOptions)), fn);
}

/**
 * Runs `fn` as one tool call. A string is the tool's name. The cost is taken from the result, or else from the declared
 * price. Without either, the call costs nothing; a billable tool's cost is then unknown. Returns and throws what `fn`
 * does, or `data` of its `ActionResult` with `unwrap: true`. If a budget has no room for the call, `fn` is not called,
 * as with `withLlm`.
 *
 * The function in `costUsd` infers the type of the result if `fn` takes no handle. Otherwise, declare the type of its
 * parameter.
 *
 * @example
 * const page = await withTool({ name: 'read_page', costUsd: (result) => result.pages * 0.001 }, () => read(url));
 */
export function withTool<R, Args extends readonly unknown[] | [], Result = ToolResult<R>>(
  options: ToolOptions<Result, Args> & { unwrap: true },
  fn: (call: ToolHandle) => R,
): Unwrapped<R>;
export function withTool<R, Args extends readonly unknown[] | [], Result = ToolResult<R>>(
  nameOrOptions: string | (ToolOptions<Result, Args> & { unwrap?: false | undefined }),
  fn: (call: ToolHandle) => R,
): R;
export function withTool<R, Args extends readonly unknown[] | [], Result = ToolResult<R>>(
  nameOrOptions: string | ToolOptions<Result, Args>,
  fn: (call: ToolHandle) => R,
): R | Unwrapped<R>;
export function withTool<R>(nameOrOptions: string | ToolOptions, fn: (call: ToolHandle) => R): R {
  check('withTool', fn);
  const options = callOptions(nameOrOptions, 'name');
  return run(new ToolCall(options, options.args), fn);
}

import type { ActionResult } from '../action.js';
import { gated } from '../budgets/admission.js';
import { ALL_MEASURES, CALL_MEASURES } from '../ledger/budget-terms.js';
import { type AnyFunction, inPlaceOf } from '../results/in-place-of.js';
import { AgentCall } from './agent-call.js';
import {
  callOptions,
  checkBudget,
  checkToolPrice,
  checkWrapping,
  llmOptions,
  TOOL_OPTIONS,
} from './call-options.js';
import { LlmCall } from './llm-call.js';
import type { AgentOptions, LlmOptions, ToolOptions } from './options.js';
import { ToolCall } from './tool-call.js';

/** The option names. The type check requires all of them and no others. */
const LLM_OPTIONS = Object.keys({
  model: 1,
  provider: 1,
  operation: 1,
  request: 1,
  attempt: 1,
  estimateUsd: 1,
  startTimeMillis: 1,
  counterfactual: 1,
  countTokens: 1,
  budget: 1,
  budgetUsd: 1,
} satisfies Record<keyof LlmOptions, 1>);
const AGENT_OPTIONS = Object.keys({
  name: 1,
  attribution: 1,
  startTimeMillis: 1,
  budget: 1,
  budgetUsd: 1,
} satisfies Record<keyof AgentOptions, 1>);

/**
 * The result type of a function when `ActionResult`s are unwrapped: in the value of a promise, and in the return value
 * of a generator.
 */
export type Unwrapped<R> =
  R extends ActionResult<infer Data>
    ? Data
    : R extends PromiseLike<infer Value>
      ? Promise<Unwrapped<Value>>
      : R extends Generator<infer Part, infer End, infer Next>
        ? Generator<Part, Unwrapped<End>, Next>
        : R extends AsyncGenerator<infer Part, infer End, infer Next>
          ? AsyncGenerator<Part, Unwrapped<End>, Next>
          : R;

/**
 * The result that the function in `costUsd` receives for a tool that returns `R`: the value of a promise, the `data` of
 * an `ActionResult`, or the return value of a generator.
 */
export type ToolResult<R> =
  Awaited<R> extends infer Value
    ? Value extends ActionResult<infer Data>
      ? Data
      : Value extends Generator<unknown, infer End, never> | AsyncGenerator<unknown, infer End, never>
        ? Unwrapped<Exclude<End, undefined>>
        : Value
    : never;

/** Options of a tool with the function `F`. For an overloaded function, the types of the last overload apply. */
export type WrapToolOptions<F extends AnyFunction> = ToolOptions<
  ToolResult<ReturnType<F>>,
  Parameters<F>,
  readonly unknown[]
>;

/**
 * Returns a function of the same type whose calls are tool calls. The cost of a call is taken from its result (an
 * `ActionResult`, or, for a billable tool, the bill in it), or else from the declared price. Without either, the call costs
 * nothing; a billable tool's cost is then unknown. Throws `InvalidOptionError` for invalid options.
 *
 * Before TypeScript 7, declare a generator function first and pass its name: the function in `costUsd` otherwise gets
 * `unknown`.
 *
 * @example
 * const search = wrapTool({ name: 'web_search', costUsd: 0.005 }, searchWeb);
 * const embed = wrapTool({ name: 'embed', costUsd: (result, [text]) => result.tokens * 2e-8 }, embedText);
 * // The caller receives `found` in place of the `ActionResult`.
 * const enrich = wrapTool({ name: 'enrich', unwrap: true }, async (company: string) => {
 *   const found = await crm.lookup(company);
 *   return new ActionResult(found, { costUsd: 0.02 });
 * });
 */
export function wrapTool<F extends AnyFunction>(
  options: WrapToolOptions<F> & { unwrap: true },
  fn: F,
): (...args: Parameters<F>) => Unwrapped<ReturnType<F>>;
export function wrapTool<F extends AnyFunction>(
  nameOrOptions: string | (WrapToolOptions<F> & { unwrap?: false | undefined }),
  fn: F,
): F;
export function wrapTool<F extends AnyFunction>(
  nameOrOptions: string | WrapToolOptions<F>,
  fn: F,
): (...args: Parameters<F>) => ReturnType<F> | Unwrapped<ReturnType<F>>;
export function wrapTool<F extends AnyFunction>(nameOrOptions: string | ToolOptions, fn: F): F {
  checkWrapping('wrapTool', nameOrOptions, TOOL_OPTIONS, fn);
  checkToolPrice(nameOrOptions);
  checkBudget('wrapTool', nameOrOptions, CALL_MEASURES);
  const options = callOptions(nameOrOptions, 'name');
  return wrapped(fn, (args) => new ToolCall(options, args));
}

/**
 * Returns a function of the same type whose calls are LLM calls. Its first argument is read as the request, unless the options
 * have one. Throws `InvalidOptionError` for invalid options.
 *
 * @example
 * const ask = wrapLlm({ provider: 'openai' }, (request) => openai.chat.completions.create(request));
 */
export function wrapLlm<F extends AnyFunction>(modelOrOptions: string | LlmOptions, fn: F): F {
  checkWrapping('wrapLlm', modelOrOptions, LLM_OPTIONS, fn);
  checkBudget('wrapLlm', modelOrOptions, CALL_MEASURES);
  const options = llmOptions(modelOrOptions);
  return wrapped(fn, (args) => new LlmCall({ ...options, request: options.request ?? args[0] }));
}

/**
 * Returns a function of the same type whose calls are agent runs. Throws `InvalidOptionError` for invalid options.
 *
 * @example
 * const research = wrapAgent({ name: 'researcher', budgetUsd: 1 }, researchTopic);
 */
export function wrapAgent<F extends AnyFunction>(nameOrOptions: string | AgentOptions, fn: F): F {
  checkWrapping('wrapAgent', nameOrOptions, AGENT_OPTIONS, fn);
  checkBudget('wrapAgent', nameOrOptions, ALL_MEASURES);
  const options = callOptions(nameOrOptions, 'name');
  return wrapped(fn, () => new AgentCall(options));
}

function wrapped<F extends AnyFunction>(
  fn: F,
  open: (args: readonly unknown[]) => LlmCall | ToolCall | AgentCall,
): F {
  return inPlaceOf(fn, function (this: unknown, ...args: unknown[]): unknown {
    const call = open(args);
    return gated(call, fn, () => Reflect.apply(fn, this, args));
  });
}

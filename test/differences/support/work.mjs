/** Does a planned piece of work: calls the wrappers of a build, and starts spans beside them. */
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { clock } from './recorder.mjs';

/** @typedef {import('./work-plan.mjs').Node} Node */

class ProviderError extends Error {
  /** @param {number | undefined} status */
  constructor(status) {
    super(`answered ${status}`);
    this.status = status;
  }
}

/**
 * @param {any} lib the build under test
 * @param {{ add: Function, addTotals: Function }} started the trace
 * @param {{ turn(number: number): Promise<unknown> }} schedule
 */
export function worker(lib, started, schedule) {
  /** Handles of the scopes, to be asked at the end. */
  const handles = [];
  const late = [];

  /** Runs a node; what it throws is noted, and goes no further. @param {Node} node */
  async function run(node) {
    await schedule.turn(node.number);
    try {
      const enter = node.isRoot ? () => context.with(ROOT_CONTEXT, () => perform(node)) : () => perform(node);
      const value = await enter();
      if (node.kind === 'tool') started.add('outcome', nameOf(node), { gave: shown(value) });
    } catch (error) {
      started.add('outcome', nameOf(node), { threw: error?.name, scope: error?.scope, limit: error?.limit });
    }
  }

  async function runChildren({ children, isParallel }) {
    const awaited = [];
    for (const child of children) {
      const running = run(child);
      if (child.isLoose) continue;
      if (isParallel) awaited.push(running);
      else await running;
    }
    await Promise.all(awaited);
  }

  /** @param {Node} node */
  function perform(node) {
    const { kind, choice, number } = node;
    switch (kind) {
      case 'session':
        return lib.withSession(choice.id, (handle) => inScope(node, handle));
      case 'task':
        return lib.withTask(taskOptions(node), (handle) => inScope(node, handle));
      case 'agent':
        return lib.withAgent({ name: `a${number}`, budget: choice.budget }, (handle) =>
          inScope(node, handle),
        );
      case 'step':
        return lib.withStep(`turn ${number}`, (handle) => inScope(node, handle));
      case 'llm':
        return llm(node);
      case 'tool':
        return tool(node);
      case 'cost':
        return lib.recordCost(choice.usd, { kind: choice.kind, name: `fee ${number}` });
      case 'usage':
        return lib.recordUsage(usageOf(node));
      default:
        return foreign(node);
    }
  }

  async function inScope(node, handle) {
    handles.push({ name: nameOf(node), handle });
    await runChildren(node);
    await schedule.turn(node.number);
    const { outcome } = node.choice;
    if (outcome === 'throw') throw new Error('the work failed');
    if (outcome === 'succeed') handle.succeed({ actions: 3 });
    else if (outcome === 'fail') handle.fail('as planned');
    else if (outcome === 'cancel') handle.cancel();
  }

  function llm(node) {
    const { form } = node.choice;
    const options = llmOptions(node);
    if (form === 'stream') return readStream(node, options);
    if (form === 'wrapped') return lib.wrapLlm(options, () => answer(node))(requestOf(node));
    if (form === 'sync') {
      return lib.withLlm(options, (handle) => {
        say(node, handle);
        return finish(node);
      });
    }
    return lib.withLlm(options, (handle) => answer(node, handle));
  }

  async function answer(node, handle) {
    await runChildren(node);
    await schedule.turn(node.number);
    say(node, handle);
    return finish(node);
  }

  async function readStream(node, options) {
    // A refusal may come as a promise.
    const parts = await lib.withLlm(options, (handle) => streamed(node, handle));
    let read = 0;
    for await (const _part of parts) if (++read === 2 && node.choice.ends === 'cut') break;
  }

  async function* streamed(node, handle) {
    const { responseId: id, model, input, choice } = node;
    const head = {
      id,
      object: 'chat.completion.chunk',
      model,
      choices: [{ index: 0, delta: { content: 'a' } }],
    };
    yield head;
    await runChildren(node);
    await schedule.turn(node.number);
    yield choice.ends === 'cut' ? { ...head, usage: { prompt_tokens: input, completion_tokens: 1 } } : head;
    say(node, handle);
    const whole = finish(node);
    if (typeof whole === 'object') yield { ...head, choices: [], usage: whole.usage };
  }

  function say(node, handle) {
    const { says } = node.choice;
    if (says === 'handle' || says === 'both') handle?.recordUsage(usageOf(node));
    if (says === 'global') lib.recordUsage(usageOf(node));
    if (says === 'late' && handle !== undefined) late.push(() => handle.recordUsage(usageOf(node)));
  }

  function tool(node) {
    const { form, name, unwrap } = node.choice;
    const options = { name, unwrap, ...priceOf(node) };
    if (form === 'sync') return lib.withTool(options, () => result(node));
    const work = async () => {
      await runChildren(node);
      await schedule.turn(node.number);
      return result(node);
    };
    return form === 'wrapped'
      ? lib.wrapTool(options, work)(`argument ${node.number % 3}`)
      : lib.withTool(options, work);
  }

  function result({ number, choice: { gives } }) {
    const costUsd = 0.001 * (number + 1);
    if (gives === 'result') return new lib.ActionResult({ number }, { costUsd });
    if (gives === 'error result') return new lib.ActionError('no', { costUsd });
    if (gives === 'action error') throw new lib.ActionError('no', { costUsd });
    if (gives === 'thrown') throw new Error('no');
    return gives === 'plain' ? { cost_usd: costUsd } : `text ${number}`;
  }

  async function foreign(node) {
    const { kind, choice, number } = node;
    const early = {
      ...foreignStart(node),
      ...(choice.session !== undefined && { 'session.id': choice.session }),
    };
    const tracer = trace.getTracer(kind === 'foreign plain' ? 'http' : 'another-instrumentation');
    const span = tracer.startSpan(nameOf(node), {
      attributes: choice.isLate ? {} : early,
      startTime: clock.millis,
    });
    if (choice.endsEarly) span.end(clock.millis);
    await context.with(trace.setSpan(context.active(), span), () => runChildren(node));
    await schedule.turn(number);
    if (choice.isLate) span.setAttributes(early);
    if (choice.says) span.setAttributes(foreignEnd(node));
    if (choice.isFailed) span.setStatus({ code: 2 });
    span.end(clock.millis);
  }

  /** A result in a word. Classes of a build have other names once it is minified. */
  function shown(value) {
    if (value instanceof lib.ActionResult) return 'ActionResult';
    return value instanceof lib.ActionError ? 'ActionError' : typeof value;
  }

  return {
    run,
    /** Records the late usage when everything has ended, and then asks the handles. */
    finish() {
      for (const recordLate of late) recordLate();
      for (const { name, handle } of handles) started.addTotals(name, handle);
    },
  };
}

function nameOf({ kind, number }) {
  return `${kind} ${number}`;
}

function taskOptions({ number, choice: { sessionId, team, budget } }) {
  return {
    name: `t${number}`,
    budget,
    ...(sessionId !== undefined && { sessionId }),
    ...(team !== undefined && { attribution: { team } }),
  };
}

function llmOptions(node) {
  const { model, choice } = node;
  return { provider: providerOf(model), model, ...(choice.hasRequest && { request: requestOf(node) }) };
}

/** Few different ones, so that some are made again after a failure. */
function requestOf({ model, number, choice }) {
  const messages = [{ role: 'user', content: `question ${number % 3}` }];
  return { model, messages, ...(choice.hasMost && { max_tokens: 100 }) };
}

function providerOf(model) {
  return model.startsWith('claude') ? 'anthropic' : 'openai';
}

function usageOf({ input, output }) {
  return { inputTokens: input, outputTokens: output };
}

/** Gives the answer of the provider, or throws its error. */
function finish({ choice: { ends, says }, model, input, output, responseId }) {
  if (ends === '429' || ends === '400') throw new ProviderError(Number(ends));
  if (ends === 'error') throw new ProviderError(undefined);
  if (says !== 'response' && says !== 'both') return 'a text';
  const usage = model.startsWith('claude')
    ? { input_tokens: input, output_tokens: output, cache_read_input_tokens: 0 }
    : { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
  return { id: responseId, model, choices: [{ index: 0, finish_reason: 'stop' }], usage };
}

function priceOf({ number, choice: { price } }) {
  switch (price) {
    case 'declared':
      return { costUsd: 0.002 };
    case 'function':
      return {
        costUsd: (value) => (typeof value === 'string' ? value.length * 0.001 : number % 2 ? -1 : 0.003),
      };
    case 'billable':
      return { billable: true };
    case 'children':
      return { billable: true, costIncludesChildren: true };
    case 'wrong':
      return { costUsd: () => 2e6 };
    default:
      return {};
  }
}

function foreignStart({ kind, model, number }) {
  if (kind === 'foreign agent')
    return { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': `f${number}` };
  if (kind === 'foreign tool')
    return {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': ['search', 'paid', 'lookup'][number % 3],
    };
  if (kind === 'foreign plain') return { 'http.request.method': 'POST' };
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': providerOf(model),
    'gen_ai.request.model': model,
  };
}

function foreignEnd({ kind, model, input, output, responseId }) {
  if (kind === 'foreign tool' || kind === 'foreign plain') return {};
  const usage = { 'gen_ai.usage.input_tokens': input, 'gen_ai.usage.output_tokens': output };
  if (kind === 'foreign agent') return usage;
  return { ...usage, 'gen_ai.response.id': responseId, 'gen_ai.response.model': model };
}

/** Usage and costs that come after a span, or after the task around it, has ended. */
import { context, trace } from '@opentelemetry/api';
import { clock, startTrace } from '../support/recorder.mjs';

const OPTIONS = { provider: 'openai', model: 'gpt-4o' };
const USAGE = { inputTokens: 1000, outputTokens: 100 };
const tracer = () => trace.getTracer('another-instrumentation');

const CASES = {
  'after the call': async (lib, started) => {
    await lib.withTask('t', async (task) => {
      let call;
      await lib.withLlm(OPTIONS, async (handle) => {
        call = handle;
      });
      call.recordUsage(USAGE);
      started.addTotals('task', task);
    });
  },
  'after the task': async (lib, started) => {
    let call;
    const handle = await lib.withTask({ name: 't', sessionId: 's' }, async (task) => {
      await lib.withLlm(OPTIONS, async (given) => {
        call = given;
      });
      return task;
    });
    call.recordUsage(USAGE);
    call.recordUsage(USAGE);
    started.addTotals('task', handle);
  },
  'a call that ends after its task': async (lib, started) => {
    const gate = Promise.withResolvers?.() ?? deferred();
    let call;
    const handle = await lib.withTask('t', async (task) => {
      call = lib.withAgent('a', () => lib.withLlm(OPTIONS, () => gate.promise));
      return task;
    });
    gate.resolve(completion(1));
    await call;
    started.addTotals('task', handle);
  },
  'recordCost after the task': async (lib, started) => {
    let inside;
    const handle = await lib.withTask('t', async (task) => {
      inside = context.active();
      return task;
    });
    context.with(inside, () => lib.recordCost(0.25, { kind: 'other', name: 'fee' }));
    handle.run(() => lib.recordCost(0.5, { kind: 'tool', name: 'fee' }));
    started.addTotals('task', handle);
  },
  'a span below one that has ended': async () => {
    const root = tracer().startSpan('root', { startTime: clock.tick() });
    const inRoot = trace.setSpan(context.active(), root);
    const agent = tracer().startSpan(
      'agent',
      { attributes: agentAttributes('a'), startTime: clock.tick() },
      inRoot,
    );
    chat(1, trace.setSpan(inRoot, agent));
    agent.end(clock.tick());
    chat(2, trace.setSpan(inRoot, agent));
    root.end(clock.tick());
    chat(3, trace.setSpan(inRoot, agent));
    chat(4, inRoot);
  },
  'a body that is read late': async (lib, started) => {
    const response = await lib.withTask('t', async (task) => {
      const given = await lib.withLlm(OPTIONS, async () => Response.json(completion(2)));
      started.addTotals('before the body', task);
      return given;
    });
    await response.json();
    await new Promise((resolve) => setImmediate(resolve));
  },
  'usage in all three places': async (lib, started) => {
    await lib.withTask('t', async (task) => {
      await lib.withLlm(OPTIONS, async (call) => {
        call.recordUsage(USAGE);
        lib.recordUsage(USAGE);
        chat(5, context.active());
        return completion(5);
      });
      lib.recordUsage({ ...USAGE, ...OPTIONS });
      started.addTotals('task', task);
      started.add('receipt', 'task', { text: task.receipt() });
    });
  },
};

export async function* run(lib, { scenario }) {
  for (const [name, play] of Object.entries(CASES)) {
    const started = startTrace(lib, { scenario, trace: name }, { metrics: true });
    await play(lib, started);
    yield* await started.rows();
  }
}

function agentAttributes(name) {
  return { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': name };
}

function chat(number, around) {
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': 1000 * number,
    'gen_ai.usage.output_tokens': 100,
  };
  tracer().startSpan(`chat ${number}`, { attributes, startTime: clock.tick() }, around).end(clock.tick());
}

function completion(number) {
  return {
    id: `chatcmpl-${number}`,
    object: 'chat.completion',
    model: 'gpt-4o-2024-08-06',
    choices: [],
    usage: { prompt_tokens: 1000 * number, completion_tokens: 100, total_tokens: 1000 * number + 100 },
  };
}

function deferred() {
  let resolve;
  const promise = new Promise((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

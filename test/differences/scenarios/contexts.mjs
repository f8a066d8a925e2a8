/** Work that leaves its place: roots, remote parents, queues, sockets, calls outside every task, copied span contexts. */
import { context, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { clock, startTrace } from '../support/recorder.mjs';

const tracer = () => trace.getTracer('another-instrumentation');
const REMOTE = { traceId: '1234567890abcdef1234567890abcdef', spanId: '00000000000000aa', isRemote: true };

const CASES = {
  'a root span inside a task': (lib) =>
    lib.withTask('t', () => span('root', {}, () => call(lib, 1), { root: true })),
  'an agent as a trace of its own inside a task': (lib) =>
    lib.withTask({ name: 't', sessionId: 's' }, () =>
      span('agent', agent('a'), () => chat(1), { root: true }),
    ),
  'a remote parent': (lib) => below({ ...REMOTE, traceFlags: TraceFlags.SAMPLED }, () => app(lib)),
  'a remote parent inside a task': (lib) =>
    lib.withTask('t', () => below({ ...REMOTE, traceFlags: TraceFlags.SAMPLED }, () => app(lib))),
  'a copied span context': () =>
    span('outer', {}, (outer) => {
      below({ ...outer.spanContext() }, () => chat(1));
      chat(2);
    }),
  'a queue that runs work in another context': async (lib) => {
    const queue = [];
    await lib.withTask('first', async () => {
      queue.push(() => call(lib, 1));
      await context.with(ROOT_CONTEXT, async () => queue[0]?.());
    });
    await lib.withTask('second', async () => queue[0]?.());
  },
  'a socket that uses run': async (lib, started) => {
    const handles = [];
    await lib.withSession('s', async (session) =>
      lib.withTask('t', async (task) =>
        lib.withAgent('a', async (given) => {
          handles.push(session, task, given);
          for (const handle of handles) context.with(ROOT_CONTEXT, () => handle.run(() => call(lib, 1)));
          context.with(ROOT_CONTEXT, () => task.run(() => chat(2)));
        }),
      ),
    );
    for (const [index, handle] of handles.entries()) started.addTotals(`handle ${index}`, handle);
  },
  'outside every task': (lib) => {
    call(lib, 1);
    lib.recordCost(0.5, { kind: 'storage' });
    lib.withTool({ name: 'paid', costUsd: 0.01 }, () => 'done');
    lib.withStep('turn', () => call(lib, 2));
    lib.withAgent('a', () => call(lib, 3));
    chat(4);
  },
  'an agent is the task, in a session': (lib) =>
    lib.withSession('s', () => {
      lib.withAgent('a', () => call(lib, 1));
      lib.withTask('t', () => lib.withAgent('b', () => lib.withTask('sub', () => call(lib, 2))));
      call(lib, 3);
    }),
  'a span without AI work': () =>
    span('GET /', { 'http.request.method': 'GET' }, () => span('query', {}, () => {})),
  'a sub-agent below the call that asked for it': () =>
    span('boss', agent('boss'), () =>
      span('chat 1', chatStart(), (running) => {
        span('tool', { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'ask' }, () =>
          span('sub', agent('sub'), () => chat(2)),
        );
        running.setAttributes(usage(1));
      }),
    ),
  'attribution at every level': (lib) =>
    lib.withSession({ id: 's', attribution: { user: 'u', team: 'red' } }, () =>
      lib.withTask({ name: 't', attribution: { feature: 'f', project: 'p' } }, () =>
        lib.withAgent({ name: 'a', attribution: { team: 'blue', customer: 'c' } }, () => {
          call(lib, 1);
          chat(2);
        }),
      ),
    ),
};

export async function* run(lib, { scenario }) {
  for (const [name, play] of Object.entries(CASES)) {
    const cost = { budgets: { user: { usd: 10 } }, metricAttributes: ['team'] };
    const started = startTrace(lib, { scenario, trace: name }, { cost, metrics: true });
    await play(lib, started);
    yield* await started.rows();
  }
}

/** One request of a server. */
function app(lib) {
  span('POST /agent', {}, () => {
    lib.withAgent('a', () => call(lib, 1));
    chat(2);
  });
}

function call(lib, number) {
  const response = {
    id: `r${number}`,
    model: 'gpt-4o',
    usage: { prompt_tokens: 1000 * number, completion_tokens: 1 },
  };
  return lib.withLlm({ provider: 'openai', model: 'gpt-4o' }, () => response);
}

function chat(number) {
  span(`chat ${number}`, { ...chatStart(), ...usage(number) }, () => {});
}

function span(name, attributes, work, options = {}) {
  return tracer().startActiveSpan(name, { ...options, attributes, startTime: clock.tick() }, (running) => {
    work(running);
    running.end(clock.tick());
  });
}

function below(spanContext, work) {
  return context.with(trace.setSpanContext(context.active(), spanContext), work);
}

function agent(name) {
  return { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': name };
}

function chatStart() {
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
  };
}

function usage(number) {
  return { 'gen_ai.usage.input_tokens': 1000 * number, 'gen_ai.usage.output_tokens': 10 };
}

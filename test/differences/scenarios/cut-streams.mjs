/** Streams that are cut, fail or say no usage, runs that are aborted, and calls that fail in every way. */
import { trace } from '@opentelemetry/api';
import { clock, startTrace } from '../support/recorder.mjs';

const OPENAI = { provider: 'openai', model: 'gpt-4o' };
const ANTHROPIC = { provider: 'anthropic', model: 'claude-sonnet-4-5' };

const OPENAI_PARTS = [
  { id: 'chatcmpl-1', model: 'gpt-4o', choices: [{ index: 0, delta: { content: 'a' } }], usage: null },
  {
    id: 'chatcmpl-1',
    model: 'gpt-4o',
    choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
    usage: null,
  },
  { id: 'chatcmpl-1', model: 'gpt-4o', choices: [], usage: { prompt_tokens: 1000, completion_tokens: 100 } },
];
const ANTHROPIC_PARTS = [
  {
    type: 'message_start',
    message: { id: 'msg_1', model: 'claude-sonnet-4-5', usage: { input_tokens: 1000, output_tokens: 1 } },
  },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a' } },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 100 } },
  { type: 'message_stop' },
];

/** A stream is read to its end, or left or failed after some parts. */
const ENDS = [
  'whole',
  'left after 1',
  'left after 2',
  'failed after 1',
  'failed after 2',
  'no usage',
  'cancelled',
];
const SOURCES = { OPENAI: [OPENAI, OPENAI_PARTS], ANTHROPIC: [ANTHROPIC, ANTHROPIC_PARTS] };
const KINDS = { generator: streamOf, 'web stream': webStreamOf, iterable: iterableOf };
const ERRORS = {
  'status 400': Object.assign(new Error('bad'), { status: 400 }),
  'status 429': Object.assign(new Error('slow'), { status: 429 }),
  'status 500': Object.assign(new Error('broken'), { status: 500 }),
  'time-out': Object.assign(new Error('time-out'), { name: 'APIConnectionTimeoutError' }),
  abort: Object.assign(new Error('aborted'), { name: 'AbortError' }),
};

export async function* run(lib, { scenario }) {
  const cases = { ...streams(), ...failures(), ...aborted() };
  for (const [name, play] of Object.entries(cases)) {
    const started = startTrace(lib, { scenario, trace: name }, { metrics: true });
    try {
      await lib.withTask('t', async (task) => {
        try {
          await play(lib, task);
        } finally {
          started.addTotals('task', task);
          started.add('receipt', 'task', { text: task.receipt() });
        }
      });
    } catch (error) {
      started.add('outcome', 'task', { threw: error.name, message: error.message });
    }
    yield* await started.rows();
  }
}

function streams() {
  return Object.fromEntries(
    Object.entries(SOURCES).flatMap(([source, [options, parts]]) =>
      Object.entries(KINDS).flatMap(([kind, make]) =>
        ENDS.map((end) => [
          `${source}, ${kind}, ${end}`,
          (lib) =>
            readStream(
              lib.withLlm(options, () => make(partsOf(parts, end))),
              end,
            ),
        ]),
      ),
    ),
  );
}

function failures() {
  return Object.fromEntries(
    Object.entries(ERRORS).flatMap(([name, error]) => [
      [`${name}, async`, (lib) => lib.withLlm(OPENAI, async () => Promise.reject(error))],
      [`${name}, with usage recorded`, (lib) => lib.withLlm(OPENAI, (call) => failAfterUsage(call, error))],
      [`${name}, and again`, (lib) => failThenAnswer(lib, error)],
      [`${name}, with a span inside`, (lib) => lib.withLlm(OPENAI, async () => failBesideSpan(error))],
    ]),
  );
}

function aborted() {
  return {
    'a run that is aborted by its budget': async (lib) => {
      const budget = { llmCalls: 2, mode: 'abort', reserveTimeoutMillis: 0 };
      await lib.withAgent({ name: 'a', budget }, async (agent) => {
        for (let call = 0; !agent.signal.aborted && call < 5; call++) {
          await lib.withStep('turn', () => lib.withLlm(OPENAI, async () => OPENAI_PARTS[2]));
        }
      });
    },
    'a task that is cancelled': async (lib, task) => {
      await lib.withLlm(OPENAI, async () => OPENAI_PARTS[2]);
      task.cancel();
    },
    'a task that fails after its calls': async (lib) => {
      await lib.withTool({ name: 'paid', costUsd: 0.01 }, async () => 'done');
      await lib.withLlm(OPENAI, async () => OPENAI_PARTS[2]);
      throw new Error('the work failed');
    },
    'a generator task that is left': async (lib) => {
      const parts = lib.withAgent('a', async function* () {
        await lib.withLlm(OPENAI, async () => OPENAI_PARTS[2]);
        yield 1;
        await lib.withLlm(OPENAI, async () => OPENAI_PARTS[2]);
        yield 2;
      });
      for await (const _part of parts) break;
    },
  };
}

function partsOf(parts, end) {
  if (end === 'no usage') return parts.map(({ usage: _, message: __, ...part }) => part);
  const [, how, count] = /^(failed|left) after (\d)$/.exec(end) ?? [];
  return how === 'failed' ? [...parts.slice(0, Number(count)), ERRORS['status 500']] : parts;
}

async function readStream(stream, end) {
  const most = Number(/^left after (\d)$/.exec(end)?.[1] ?? Number.POSITIVE_INFINITY);
  if (end === 'cancelled' && typeof stream.cancel === 'function') return stream.cancel('no need');
  if (end === 'cancelled') return stream.return?.();
  let read = 0;
  for await (const _part of stream) if (++read === most) break;
}

async function* streamOf(parts) {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield part;
  }
}

function webStreamOf(parts) {
  const left = [...parts];
  return new ReadableStream({
    pull(controller) {
      const part = left.shift();
      if (part === undefined) controller.close();
      else if (part instanceof Error) controller.error(part);
      else controller.enqueue(part);
    },
  });
}

function iterableOf(parts) {
  return { [Symbol.asyncIterator]: () => streamOf(parts), controller: new AbortController() };
}

async function failAfterUsage(call, error) {
  call.recordUsage({ inputTokens: 1000, outputTokens: 10 });
  throw error;
}

async function failThenAnswer(lib, error) {
  const request = { model: 'gpt-4o', messages: [{ role: 'user', content: 'again' }] };
  const options = { ...OPENAI, request };
  await lib.withLlm(options, async () => Promise.reject(error)).catch(() => {});
  clock.tick();
  await lib.withLlm(options, async () => OPENAI_PARTS[2]);
}

/** An instrumentation saw the usage of the call that the app lost. */
function failBesideSpan(error) {
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': 1000,
    'gen_ai.usage.output_tokens': 100,
  };
  trace.getTracer('another-instrumentation').startSpan('chat', { attributes }).end();
  throw error;
}

/** The spans of real clients and instrumentations, as real-sdks had them: bare, and inside of `withLlm` as the app calls it. */
import { startTrace } from '../support/recorder.mjs';
import { fixture, replay } from '../support/replay.mjs';

const GIVEN = {
  bare: undefined,
  'withLlm, response': (traceOf) => responseOf(traceOf),
  'withLlm, text': () => 'a text',
};

export async function* run(lib, { scenario }) {
  for (const traceOf of fixture('real-sdk-spans.json').traces) {
    const { pair, scenario: call, spans, order } = traceOf;
    for (const [form, give] of Object.entries(GIVEN)) {
      const started = startTrace(lib, { scenario, trace: `${pair}, ${call}, ${form}` });
      if (give === undefined) replay(spans, order);
      else await callInside(lib, traceOf, give(traceOf), started);
      yield* await started.rows();
    }
  }
}

/** The app's own span is the root; what the instrumentation made stands inside of the wrapper. */
async function callInside(lib, { api, served, spans, order }, response, started) {
  const provider = api === 'anthropic' ? 'anthropic' : 'openai';
  try {
    await lib.withTask('app', async () =>
      lib.withLlm({ provider, model: served[0]?.model }, async () => {
        replay(
          spans.slice(1).map((span) => ({ ...span, parent: span.parent ? span.parent - 1 : undefined })),
          order.filter((place) => place > 0).map((place) => place - 1),
        );
        if (response === undefined) throw Object.assign(new Error('refused'), { status: 400 });
        return response;
      }),
    );
  } catch (error) {
    started.add('outcome', 'app', { threw: error.message });
  }
}

/** The result of the client: the sum of several calls, as in frameworks; none where all were refused. */
function responseOf({ api, served, spans }) {
  if (served.length === 0) return undefined;
  const sum = (key) => served.reduce((total, usage) => total + usage[key], 0);
  const ids = spans.flatMap(({ atEnd = {} }) => atEnd['gen_ai.response.id'] ?? atEnd['ai.response.id'] ?? []);
  const head = { id: ids.at(-1) ?? 'no-span-says-it', model: served[0].model };
  const usage =
    api === 'anthropic'
      ? {
          input_tokens: sum('input') - sum('cacheRead') - sum('cacheWrite'),
          cache_read_input_tokens: sum('cacheRead'),
          cache_creation_input_tokens: sum('cacheWrite'),
          output_tokens: sum('output'),
        }
      : {
          prompt_tokens: sum('input'),
          completion_tokens: sum('output'),
          total_tokens: sum('input') + sum('output'),
          prompt_tokens_details: { cached_tokens: sum('cacheRead') },
          completion_tokens_details: { reasoning_tokens: sum('reasoning') },
        };
  return { ...head, usage };
}

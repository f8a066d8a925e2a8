/** Budgets of every mode around parallel calls, some of which wait for room that others hold. */
import { clock, startTrace } from '../support/recorder.mjs';

const MODES = ['refuse', 'abort', 'warn', 'observe'];
const LIMITS = {
  usd: { usd: 0.01 },
  llmUsd: { llmUsd: 0.004 },
  tokens: { tokens: 2500 },
  calls: { llmCalls: 2, toolCalls: 1 },
  steps: { steps: 2 },
};
const PLACES = {
  task: (lib, budget, work) => lib.withTask({ name: 't', budget }, work),
  agent: (lib, budget, work) => lib.withTask('t', () => lib.withAgent({ name: 'a', budget }, work)),
  session: (lib, budget, work) => lib.withSession({ id: 's', budget }, () => lib.withTask('t', work)),
};

/** With `max_tokens` there is an estimate; without, a call runs alone. */
const REQUESTS = {
  estimated: { model: 'gpt-4o', max_tokens: 100, messages: [{ role: 'user', content: 'a question' }] },
  'not estimated': { model: 'gpt-4o', messages: [{ role: 'user', content: 'a question' }] },
  unknown: { model: 'made-up', messages: [{ role: 'user', content: 'a question' }] },
};

export async function* run(lib, { scenario }) {
  for (const mode of MODES) {
    for (const [limit, limits] of Object.entries(LIMITS)) {
      for (const [place, enter] of Object.entries(PLACES)) {
        for (const [kind, request] of Object.entries(REQUESTS)) {
          const name = `${mode}, ${limit}, ${place}, ${kind}`;
          const started = startTrace(lib, { scenario, trace: name }, { metrics: true });
          const budget = { ...limits, mode, unknownPrice: kind === 'unknown' ? 'refuse' : 'allow' };
          await enter(lib, budget, (handle) => work(lib, request, handle, started));
          yield* await started.rows();
        }
      }
    }
  }
}

async function work(lib, request, handle, started) {
  const attempt = async (name, call) => {
    try {
      await call();
    } catch (error) {
      const { scope, measure, limit, spent, reserved, estimate } = error;
      started.add('outcome', name, { threw: error.name, scope, measure, limit, spent, reserved, estimate });
    }
  };
  const ask = (number) =>
    attempt(`call ${number}`, () =>
      lib.withLlm({ provider: 'openai', request }, async () => {
        // Others start meanwhile.
        await new Promise((resolve) => setImmediate(resolve));
        clock.tick();
        return answer(number, request.model);
      }),
    );
  await Promise.all([ask(1), ask(2), ask(3)]);
  for (const number of [4, 5]) await attempt(`step ${number}`, () => lib.withStep('turn', () => ask(number)));
  await attempt('tool', () => lib.withTool({ name: 'paid', costUsd: 0.005 }, async () => 'done'));
  await attempt('tool again', () => lib.withTool({ name: 'paid', costUsd: 0.005 }, () => 'done'));
  started.addTotals('scope', handle);
  started.add('outcome', 'signal', { aborted: handle.signal.aborted });
}

function answer(number, model) {
  const usage = { prompt_tokens: 800, completion_tokens: 50 + number, total_tokens: 850 + number };
  return { id: `chatcmpl-${number}`, object: 'chat.completion', model, choices: [], usage };
}

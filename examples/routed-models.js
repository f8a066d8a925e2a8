/**
 * A model router, and why the price of a call is not everything: the cheap model needs 12 steps for work that the default
 * model does in 5, so each of its calls saves money and each of its tasks is more expensive.
 *
 *   node examples/routed-models.js
 */
import { withLlm, withStep, withTask } from 'otel-agent-cost';
import { routeModel } from 'otel-agent-cost/optimize';

const router = routeModel({
  default: { provider: 'anthropic', model: 'claude-sonnet-4-5' },
  routes: [
    { name: 'cheap', when: ({ tier }) => tier === 'trial', provider: 'anthropic', model: 'claude-haiku-4-5' },
    { name: 'titles', when: 'title', provider: 'anthropic', model: 'claude-haiku-4-5' },
  ],
});

/** Stands in for the two models: the cheap one needs more turns, and each turn sends all turns before it. */
const STEPS_NEEDED = { 'claude-sonnet-4-5': 5, 'claude-haiku-4-5': 12 };
const TOKENS_PER_TURN = 4000;

async function complete(model, turn) {
  const usage = { input_tokens: TOKENS_PER_TURN * turn, output_tokens: 400 };
  return { type: 'message', model, usage, isDone: turn === STEPS_NEEDED[model] };
}

/** One task: an agent loop on whichever model the router takes, and a title for its answer. */
function solve(tier) {
  return withTask('solve', async () => {
    for (let turn = 1, isDone = false; !isDone; turn++) {
      const options = router.llmOptions({ name: 'turn', tier });
      ({ isDone } = await withStep('turn', () => withLlm(options, () => complete(options.model, turn))));
    }
    const options = router.llmOptions({ name: 'title' });
    await withLlm(options, () => complete(options.model, 1));
  });
}

for (const tier of ['full', 'full', 'trial', 'trial']) await solve(tier);

const usd = (value) => `$${value.toFixed(4)}`;
const { routes, tasks } = router.report();
for (const { route, model, calls, costUsd, savedUsd } of routes) {
  console.log(
    `${route}: ${calls} calls of ${model} cost ${usd(costUsd)}, saved ${usd(savedUsd)} by the call`,
  );
}
for (const { routes: used, tasks: count, costPerSuccessfulTaskUsd } of tasks) {
  console.log(
    `${count} tasks on ${used.join(' and ')}: ${usd(costPerSuccessfulTaskUsd)} per successful task`,
  );
}

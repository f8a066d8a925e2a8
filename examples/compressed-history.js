/**
 * History compression: a cheap call summarises a long conversation once, and every later call reports its saving.
 * Tool calls stay with their results, and the cost of the summary is subtracted from the savings.
 *
 *   node examples/compressed-history.js
 */
import { withLlm, withStep, withTask } from 'otel-agent-cost';
import { compressHistory } from 'otel-agent-cost/optimize';

const PAGE = 'A page of text that a tool has read. '.repeat(400);
const STEPS = 8;

/** About four characters per token. A stand-in for the provider, which counts exactly. */
const tokensOf = (messages) => Math.round(JSON.stringify(messages).length / 4);

async function complete(model, messages) {
  const usage = { prompt_tokens: tokensOf(messages), completion_tokens: 100 };
  return { id: crypto.randomUUID(), model, usage };
}

/** The app's own call of a cheap model. */
async function summarize(messages) {
  const model = 'gpt-4o-mini';
  await withLlm({ provider: 'openai', model }, () => complete(model, messages));
  return 'Of the pages read so far, the second one answers the question.';
}

await withTask('read pages', async (task) => {
  let history = await compressHistory(
    [
      { role: 'system', content: 'Read the pages and answer.' },
      { role: 'user', content: 'Which page is it?' },
    ],
    { summarize },
  );
  for (let step = 1; step <= STEPS; step++) {
    const options = { summarize, step, startAfterStep: 3, minTokens: 10_000, previous: history };
    history = await compressHistory(history.messages, options);
    const { messages, counterfactual } = history;
    if (history.isCompressed) console.log(`step ${step}: ${history.removedTokens} tokens less from here on`);
    const model = 'gpt-4o';
    await withStep('turn', () =>
      withLlm({ provider: 'openai', model, counterfactual }, () => complete(model, messages)),
    );
    const id = `call_${step}`;
    messages.push(
      { role: 'assistant', tool_calls: [{ id, type: 'function', function: { name: 'read_page' } }] },
      { role: 'tool', tool_call_id: id, content: PAGE },
    );
  }
  const { calls, savedUsd, summaryCostUsd, netUsd } = history.savings();
  const usd = (value) => `$${value.toFixed(4)}`;
  console.log(
    `${calls} calls saved ${usd(savedUsd)}, summaries cost ${usd(summaryCostUsd)}, net ${usd(netUsd)}`,
  );
  console.log(`the task cost ${usd(task.totals.costUsd)}`);
});

/**
 * A budget that stops an agent: the task may spend $0.50, and a call that does not fit is refused.
 *
 * The estimate decides whether the last call fits. Without one, a call is made as long as the limit is not reached, so the
 * last one would end at $0.52.
 *
 *   node examples/budget-stop.js
 */
import { BudgetExceededError, withLlm, withTask, wrapTool } from 'otel-agent-cost';

const search = wrapTool({ name: 'web_search', costUsd: 0.005 }, async (query) => `pages about ${query}`);

/** A model that never finishes: 20,000 input and 2,000 output tokens per call, $0.07 at gpt-4o's price. */
let calls = 0;
async function complete() {
  calls += 1;
  return {
    id: `chatcmpl-${calls}`,
    model: 'gpt-4o-2024-08-06',
    choices: [{ message: { content: `let me look further, ${calls}` } }],
    usage: { prompt_tokens: 20_000, completion_tokens: 2000, total_tokens: 22_000 },
  };
}

await withTask({ name: 'research', budgetUsd: 0.5 }, async (task) => {
  try {
    for (;;) {
      const reply = await withLlm({ provider: 'openai', model: 'gpt-4o', estimateUsd: 0.07 }, complete);
      await search(reply.choices[0].message.content);
      console.log(`$${task.totals.costUsd} after ${task.totals.llmCalls} calls`);
    }
  } catch (error) {
    if (!(error instanceof BudgetExceededError)) throw error;
    console.log(`stopped: ${error.message}`);
    task.fail('over budget');
  }
});

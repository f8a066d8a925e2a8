/** The root by require(): prints what a task cost. */
const { withLlm, withTask } = require('otel-agent-cost');

withTask('required', async (task) => {
  const { GPT_4O, reply } = await import('./replies.mjs');
  await withLlm(GPT_4O, () => reply());
  console.log(task.totals.costUsd);
});

/** The same task in CommonJS. */
const { withLlm, withTask, withTool } = require('otel-agent-cost');

withTask('research', async () => {
  const { GPT_4O, reply, wait } = await import('./replies.mjs');
  await withLlm(GPT_4O, () => reply());
  await withTool({ name: 'web_search', costUsd: 0.005 }, () => wait(1));
});

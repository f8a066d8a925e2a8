/**
 * An agent as a service, in a process of its own: `service.js research` or `service.js writing`. Its work is a part of the
 * caller's task, and is charged to the caller's customer.
 */
import { createServer } from 'node:http';
import { BudgetExceededError, withLlm, withTask, wrapTool } from 'otel-agent-cost';
import { extract } from 'otel-agent-cost/shared';
import { openAiClient } from '../provider/openai.js';
import { joinInstallation, SETTINGS } from './installation.js';

const [name = ''] = process.argv.slice(2);
const client = openAiClient({ baseUrl: `${SETTINGS.providerUrl}/v1` });
await joinInstallation();

/** A paid tool. Its price is declared, so that a call that does not fit into the budget is refused. */
const search = wrapTool({ name: 'web_search', costUsd: 0.02 }, async (query) => `pages about ${query}`);

const AGENTS = {
  research: async (question) => think(`Summarize: ${await search(question)}`),
  writing: async (question) => think(`Write a paragraph about ${question}`),
};

/** The limit of the answer's length makes it known what the call costs at most. */
function think(prompt) {
  const request = { ...client.request(client.start('Be brief.', prompt)), max_tokens: 500 };
  return withLlm({ provider: client.provider, model: client.model, request }, async () =>
    client.send(request),
  );
}

const server = createServer(async (request, response) => {
  const caller = extract(request.headers, { from: request });
  const question = new URL(request.url ?? '/', 'http://service').searchParams.get('q') ?? '';
  const reply = await withTask({ name, caller }, async (task) => {
    try {
      await AGENTS[name](question);
      return { refused: undefined, ownCostUsd: task.totals.costUsd };
    } catch (error) {
      if (!(error instanceof BudgetExceededError)) throw error;
      task.fail('over budget');
      return { refused: error.message, ownCostUsd: task.totals.costUsd };
    }
  });
  response.end(JSON.stringify(reply));
});
server.listen(new URL(SETTINGS.services[name]).port, '127.0.0.1', () => process.send?.('ready'));

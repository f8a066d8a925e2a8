/** Writes the letters that wait in the queue, when it is asked to. */
import { withTask } from 'otel-agent-cost';
import { extract } from 'otel-agent-cost/shared';
import { listen } from './http-service.mjs';
import { redis } from './installation.mjs';
import { think } from './model.mjs';

listen('letters', async (_request, response) => {
  for (;;) {
    const message = await redis.lPop('letters');
    if (message === null) break;
    const { headers, question } = JSON.parse(message);
    await withTask({ name: 'letter', caller: extract(headers) }, () => think(`a letter about ${question}`));
  }
  response.end('{}');
});

import Anthropic from '@anthropic-ai/sdk';
import { ANTHROPIC_MODEL, QUESTION } from '../../app/models.js';
import { readAll } from '../../app/scenarios.js';
import { run, urlOf } from './run.js';

const clientOf = (scenario) => new Anthropic({ apiKey: 'none', baseURL: urlOf(scenario) });
const request = {
  model: ANTHROPIC_MODEL,
  max_tokens: 1024,
  messages: [{ role: 'user', content: QUESTION }],
};

await run({
  plain: () => clientOf('plain').messages.create(request),
  cached: () => clientOf('cached').messages.create(request),
  streamed: async () => readAll(await clientOf('streamed').messages.create({ ...request, stream: true })),
  streamedHelper: () => clientOf('streamedHelper').messages.stream(request).finalMessage(),
});

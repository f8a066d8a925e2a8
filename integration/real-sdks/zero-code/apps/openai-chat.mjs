import OpenAI from 'openai';
import { openaiModel, QUESTION } from '../../app/models.js';
import { readAll } from '../../app/scenarios.js';
import { run, urlOf } from './run.js';

const create = (scenario, more) =>
  new OpenAI({ apiKey: 'none', baseURL: urlOf(scenario) }).chat.completions.create({
    model: openaiModel(scenario),
    messages: [{ role: 'user', content: QUESTION }],
    ...more,
  });
const stream_options = { include_usage: true };

await run({
  plain: () => create('plain'),
  cached: () => create('cached'),
  streamed: async () => readAll(await create('streamed', { stream: true, stream_options })),
  streamedWithoutUsage: async () => readAll(await create('streamedWithoutUsage', { stream: true })),
});

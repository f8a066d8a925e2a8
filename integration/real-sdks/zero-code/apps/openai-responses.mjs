import { OpenAI } from 'openai';
import { openaiModel, QUESTION } from '../../app/models.js';
import { readAll } from '../../app/scenarios.js';
import { run, urlOf } from './run.js';

const create = (scenario, more) =>
  new OpenAI({ apiKey: 'none', baseURL: urlOf(scenario) }).responses.create({
    model: openaiModel(scenario),
    input: QUESTION,
    ...more,
  });

await run({
  plain: () => create('plain'),
  cached: () => create('cached'),
  reasoning: () => create('reasoning'),
  streamed: async () => readAll(await create('streamed', { stream: true })),
});

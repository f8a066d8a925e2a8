/** The client twice: its ES module, and its CommonJS build as a dependency might load it. They share no class. */
import { createRequire } from 'node:module';
import { OpenAI } from 'openai';
import { openaiModel, QUESTION } from '../../app/models.js';
import { run, urlOf } from './run.js';

const required = createRequire(import.meta.url)('openai');

const create = (Client, scenario) =>
  new Client({ apiKey: 'none', baseURL: urlOf(scenario) }).chat.completions.create({
    model: openaiModel(scenario),
    messages: [{ role: 'user', content: QUESTION }],
  });

await run({
  plain: () => create(OpenAI, 'plain'),
  cached: () => create(required.OpenAI, 'cached'),
});

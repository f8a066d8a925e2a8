/** OpenAI's `runTools`: a loop of calls behind one runner. */
import { createRequire } from 'node:module';
import { openaiModel, QUESTION, TOOL } from '../../../app/models.js';
import { readAll } from '../../../app/scenarios.js';

const require = createRequire(import.meta.url);

const { run, ...DEFINITION } = TOOL;
const TOOLS = [{ type: 'function', function: { ...DEFINITION, function: () => run(), parse: JSON.parse } }];

/** @param prepare what is done to the client before it is used */
export function runToolsScenarios({ urlOf, call, prepare = () => {} }) {
  const { OpenAI } = require('openai');
  const start = (scenario, more) => {
    const openai = new OpenAI({ apiKey: 'none', baseURL: urlOf(scenario) });
    prepare(openai);
    const messages = [{ role: 'user', content: QUESTION }];
    return openai.chat.completions.runTools({
      model: openaiModel(scenario),
      messages,
      tools: TOOLS,
      ...more,
    });
  };
  const options = (scenario) => ({ provider: 'openai', model: openaiModel(scenario) });
  const ask = (scenario) => call(options(scenario), () => start(scenario).finalChatCompletion());
  const stream = async (scenario) => {
    const more = { stream: true, stream_options: { include_usage: true } };
    await readAll(await call(options(scenario), () => start(scenario, more)));
  };
  return {
    plain: () => ask('plain'),
    cached: () => ask('cached'),
    streamed: () => stream('streamed'),
    tools: () => ask('tools'),
    streamedTools: () => stream('streamedTools'),
  };
}

export const createScenarios = runToolsScenarios;

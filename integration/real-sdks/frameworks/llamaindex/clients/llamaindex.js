/** LlamaIndex.TS: a model by itself, its agent with a tool, and an agent that hands off to another. */
import { createRequire } from 'node:module';
import { ANTHROPIC_MODEL, openaiModel, QUESTION, TOOL } from '../../../app/models.js';
import { readAll, readSome } from '../../../app/scenarios.js';

// As the instrumentations, which patch the modules that `require` gives.
const require = createRequire(import.meta.url);
const { tool } = require('llamaindex');
const { agent, multiAgent } = require('@llamaindex/workflow');
const { OpenAI } = require('@llamaindex/openai');
const { Anthropic, AnthropicSession } = require('@llamaindex/anthropic');

const MAKERS = {
  openai: (baseURL) => new OpenAI({ apiKey: 'none', baseURL, model: openaiModel() }),
  anthropic: (baseURL) =>
    new Anthropic({ session: new AnthropicSession({ apiKey: 'none', baseURL }), model: ANTHROPIC_MODEL }),
};

const MESSAGES = [{ role: 'user', content: QUESTION }];

export function llamaIndexScenarios({ provider, urlOf, call }) {
  const modelOf = (scenario) => {
    const llm = MAKERS[provider](urlOf(scenario));
    // recipe: LlamaIndex.TS, agents included
    const chat = llm.chat.bind(llm);
    llm.chat = (request) => call({ provider, model: llm.model }, () => chat(request));
    // end of recipe
    return llm;
  };
  const weather = tool({
    name: TOOL.name,
    description: TOOL.description,
    parameters: TOOL.parameters,
    execute: () => TOOL.run(),
  });
  const agentOf = (scenario, more) => agent({ llm: modelOf(scenario), ...more });
  const ask = (scenario) => modelOf(scenario).chat({ messages: MESSAGES });
  const stream = (scenario) => modelOf(scenario).chat({ messages: MESSAGES, stream: true });
  const team = (scenario) => {
    const expert = agentOf(scenario, { name: 'expert', description: 'Knows everything.', tools: [weather] });
    const guide = agentOf(scenario, {
      name: 'guide',
      description: 'Asks.',
      tools: [weather],
      canHandoffTo: [expert],
    });
    return multiAgent({ agents: [guide, expert], rootAgent: guide });
  };
  return {
    plain: () => ask('plain'),
    cached: () => ask('cached'),
    streamed: async () => readAll(await stream('streamed')),
    streamedCached: async () => readAll(await stream('streamedCached')),
    aborted: async () => readSome(await stream('aborted')),
    tools: () => agentOf('tools', { tools: [weather] }).run(QUESTION),
    streamedTools: () => readAll(agentOf('streamedTools', { tools: [weather] }).runStream(QUESTION)),
    subAgent: () => team('subAgent').run(QUESTION),
    streamedSubAgent: () => readAll(team('streamedSubAgent').runStream(QUESTION)),
  };
}

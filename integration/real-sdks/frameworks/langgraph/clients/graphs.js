/** LangGraph with any chat model. The sub-agent is asked by a supervisor, or by a tool of a react agent. */
import { createRequire } from 'node:module';
import { ANTHROPIC_MODEL, openaiModel, QUESTION, TOOL } from '../../../app/models.js';
import { readAll, readSome } from '../../../app/scenarios.js';

// As the instrumentations, which patch the modules that `require` gives.
const require = createRequire(import.meta.url);
const { createReactAgent } = require('@langchain/langgraph/prebuilt');
const { createSupervisor } = require('@langchain/langgraph-supervisor');
const { tool } = require('@langchain/core/tools');
const { BaseChatModel } = require('@langchain/core/language_models/chat_models');
const { ChatOpenAI } = require('@langchain/openai');
const { ChatAnthropic } = require('@langchain/anthropic');

const MAKERS = {
  openai: (baseURL) => new ChatOpenAI({ apiKey: 'none', model: openaiModel(), configuration: { baseURL } }),
  anthropic: (url) => new ChatAnthropic({ apiKey: 'none', model: ANTHROPIC_MODEL, anthropicApiUrl: url }),
};

const CLASSES = { openai: ChatOpenAI, anthropic: ChatAnthropic };

const INPUT = { messages: [{ role: 'user', content: QUESTION }] };

/** Graphs call a model through `invoke`, whether it is streamed or not, and `bindTools` makes a new model of the class. */
function meterModels(provider, call) {
  const Model = CLASSES[provider];
  const { invoke } = BaseChatModel.prototype;
  // recipe: LangGraph without an instrumentation
  Model.prototype.invoke = function (...given) {
    return call({ provider, model: this.model }, () => invoke.apply(this, given));
  };
  // end of recipe
}

/** @param hasSupervisor whether the expert is asked by a supervisor, else by a tool */
export function graphScenarios({ provider, urlOf, call, hasSupervisor = false }) {
  meterModels(provider, call);
  const modelOf = (scenario) => MAKERS[provider](urlOf(scenario));
  const weather = tool(() => TOOL.run(), {
    name: TOOL.name,
    description: TOOL.description,
    schema: TOOL.parameters,
  });
  const agentOf = (scenario, tools = [], name = 'guide') =>
    createReactAgent({ llm: modelOf(scenario), tools, name });
  const withTool = (scenario) => {
    const expert = agentOf(scenario, [], 'expert');
    const ask = async ({ prompt }) => {
      const { messages } = await expert.invoke({ messages: [{ role: 'user', content: prompt }] });
      return messages.at(-1).content;
    };
    const parameters = { type: 'object', properties: { prompt: { type: 'string' } }, required: ['prompt'] };
    return agentOf(scenario, [
      tool(ask, { name: 'ask_expert', description: 'Asks the expert.', schema: parameters }),
    ]);
  };
  const supervisor = (scenario) =>
    createSupervisor({ agents: [agentOf(scenario, [], 'expert')], llm: modelOf(scenario) }).compile();
  const teamOf = hasSupervisor ? supervisor : withTool;
  const stream = (graph, streamMode) => graph.stream(INPUT, { streamMode, subgraphs: true });
  return {
    plain: () => agentOf('plain').invoke(INPUT),
    cached: () => agentOf('cached').invoke(INPUT),
    streamed: async () => readAll(await stream(agentOf('streamed'), 'messages')),
    streamedCached: async () => readAll(await stream(agentOf('streamedCached'), 'values')),
    aborted: async () => readSome(await stream(agentOf('aborted'), 'messages')),
    tools: () => agentOf('tools', [weather]).invoke(INPUT),
    streamedTools: async () =>
      readAll(await stream(agentOf('streamedTools', [weather]), ['updates', 'messages'])),
    subAgent: () => teamOf('subAgent').invoke(INPUT),
    streamedSubAgent: async () => readAll(await stream(teamOf('streamedSubAgent'), 'messages')),
  };
}

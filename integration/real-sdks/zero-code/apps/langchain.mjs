import { ChatOpenAI } from '@langchain/openai';
import { createAgent, tool } from 'langchain';
import { openaiModel, QUESTION, TOOL } from '../../app/models.js';
import { readAll } from '../../app/scenarios.js';
import { run, urlOf } from './run.js';

const modelOf = (scenario) =>
  new ChatOpenAI({
    apiKey: 'none',
    model: openaiModel(scenario),
    configuration: { baseURL: urlOf(scenario) },
  });
const weather = tool(() => TOOL.run(), {
  name: TOOL.name,
  description: TOOL.description,
  schema: TOOL.parameters,
});
// An agent of LangChain is a graph of LangGraph.
const agentOf = (scenario) => createAgent({ model: modelOf(scenario), tools: [weather] });
const question = { messages: [{ role: 'user', content: QUESTION }] };

await run({
  plain: () => modelOf('plain').invoke(QUESTION),
  cached: () => modelOf('cached').invoke(QUESTION),
  streamed: async () => readAll(await modelOf('streamed').stream(QUESTION)),
  tools: () => agentOf('tools').invoke(question),
  // Parts of messages are asked for, so that the calls inside are streamed, too.
  streamedTools: async () =>
    readAll(await agentOf('streamedTools').stream(question, { streamMode: ['updates', 'messages'] })),
});

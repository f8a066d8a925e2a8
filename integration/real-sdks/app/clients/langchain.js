/** LangChain with any chat model. An agent of LangChain's own runs the scenario with a tool. */
import { createRequire } from 'node:module';
import { QUESTION, TOOL } from '../models.js';
import { scenariosOf } from '../scenarios.js';

const require = createRequire(import.meta.url);

/** @param modelOf `(scenario) => chat model` */
export function langChainScenarios({ provider, modelName, modelOf, call, more }) {
  const { createAgent, createMiddleware, tool } = require('langchain');
  const options = (scenario) => ({ provider, model: modelName(scenario) });
  const ask = (scenario) => call(options(scenario), () => modelOf(scenario).invoke(QUESTION));
  const weather = tool(() => TOOL.run(), {
    name: TOOL.name,
    description: TOOL.description,
    schema: TOOL.parameters,
  });
  return scenariosOf({
    ask,
    stream: (scenario) => call(options(scenario), () => modelOf(scenario).stream(QUESTION)),
    useTool: (scenario) => {
      const meter = createMiddleware({
        name: 'meter',
        wrapModelCall: (request, handler) => call(options(scenario), () => handler(request)),
      });
      const agent = createAgent({ model: modelOf(scenario), tools: [weather], middleware: [meter] });
      return agent.invoke({ messages: [{ role: 'user', content: QUESTION }] });
    },
    ...more?.(ask),
  });
}

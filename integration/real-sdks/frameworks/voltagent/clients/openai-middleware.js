/** `withLlm` around each call of the model, wherever the agent makes it. */
import { wrapLanguageModel } from 'ai';
import { withLlm } from 'otel-agent-cost';
import { scenariosOfAgent } from '../scenarios.js';
import { openaiModel } from './openai.js';

const middleware = {
  specificationVersion: 'v3',
  wrapGenerate: ({ doGenerate, model }) => withLlm(optionsOf(model), () => doGenerate()),
  wrapStream: ({ doStream, model }) => withLlm(optionsOf(model), () => doStream()),
};

export function createScenarios({ urlOf }) {
  const unwrapped = (_options, fn) => fn();
  const modelOf = (url) => wrapLanguageModel({ model: openaiModel(url), middleware });
  return scenariosOfAgent({ urlOf, call: unwrapped }, {}, modelOf);
}

function optionsOf({ provider, modelId }) {
  return { provider, model: modelId };
}

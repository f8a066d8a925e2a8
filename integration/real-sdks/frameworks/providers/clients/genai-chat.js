/** Google's chats, which keep the history. */
import { QUESTION } from '../../../app/models.js';
import { scenariosOf } from '../../../app/scenarios.js';
import { clientFor, FUNCTION, functionResponses, GEMINI_MODEL } from './genai.js';

export function createScenarios({ urlOf, call }) {
  const options = { provider: 'google', model: GEMINI_MODEL };
  const chatFor = (scenario, config) =>
    clientFor(urlOf(scenario)).chats.create({ model: GEMINI_MODEL, config });
  const ask = (scenario) => call(options, () => chatFor(scenario).sendMessage({ message: QUESTION }));
  const {
    retried: _retried,
    parallel: _parallel,
    ...scenarios
  } = scenariosOf({
    ask,
    stream: (scenario) => call(options, () => chatFor(scenario).sendMessageStream({ message: QUESTION })),
    useTool: async (scenario) => {
      const chat = chatFor(scenario, { tools: [{ functionDeclarations: [FUNCTION] }] });
      const { functionCalls } = await call(options, () => chat.sendMessage({ message: QUESTION }));
      await call(options, () => chat.sendMessage({ message: functionResponses(functionCalls) }));
    },
  });
  return scenarios;
}

/** Google's automatic function calling: one call of the app, as many of the provider as the model asks for. */
import { QUESTION, TOOL } from '../../../app/models.js';
import { readAll } from '../../../app/scenarios.js';
import { clientFor, FUNCTION, functionResponses, GEMINI_MODEL } from './genai.js';

export function createScenarios({ urlOf, call }) {
  const request = (name) => {
    const callable = {
      tool: async () => ({ functionDeclarations: [{ ...FUNCTION, name }] }),
      callTool: async (calls) => functionResponses(calls),
    };
    return { model: GEMINI_MODEL, contents: QUESTION, config: { tools: [callable] } };
  };
  const options = { provider: 'google', model: GEMINI_MODEL };
  const run = (scenario, name = TOOL.name) =>
    call(options, () => clientFor(urlOf(scenario)).models.generateContent(request(name)));
  const stream = async (scenario, name = TOOL.name) => {
    const { models } = clientFor(urlOf(scenario));
    await readAll(await call(options, () => models.generateContentStream(request(name))));
  };
  return {
    plain: () => run('plain'),
    streamed: () => stream('streamed'),
    cached: () => run('cached'),
    tools: () => run('tools'),
    streamedTools: () => stream('streamedTools'),
  };
}

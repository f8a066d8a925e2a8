/** Google's client with `generateContent` and `generateContentStream`; tools by hand. */
import { createRequire } from 'node:module';
import { QUESTION, TOOL } from '../../../app/models.js';
import { scenariosOf } from '../../../app/scenarios.js';

const require = createRequire(import.meta.url);

export const GEMINI_MODEL = 'gemini-2.5-flash';

export const FUNCTION = {
  name: TOOL.name,
  description: TOOL.description,
  parametersJsonSchema: TOOL.parameters,
};

export function clientFor(url) {
  const { GoogleGenAI } = require('@google/genai');
  return new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: url, retryOptions: { attempts: 1 } } });
}

export function functionResponses(calls) {
  return calls.map(({ name }) => ({ functionResponse: { name, response: { output: TOOL.run() } } }));
}

export function createScenarios({ urlOf, call }) {
  const requestOf = (more) => ({ model: GEMINI_MODEL, contents: QUESTION, ...more });
  const create = (scenario, more) => {
    const { models } = clientFor(urlOf(scenario));
    const request = requestOf(more);
    return call({ provider: 'google', request }, () => models.generateContent(request));
  };
  // recipe: @google/genai with function calls
  async function answer(ai, { contents, ...request }) {
    const response = await call({ provider: 'google', model: request.model }, () =>
      ai.models.generateContent({ ...request, contents }),
    );
    if (response.functionCalls === undefined) return response.text;
    const turns = [
      response.candidates[0].content,
      { role: 'user', parts: functionResponses(response.functionCalls) },
    ];
    return answer(ai, { ...request, contents: [...contents, ...turns] });
  }
  // end of recipe
  const { retried: _retried, ...scenarios } = scenariosOf({
    ask: (scenario) => create(scenario),
    stream: (scenario) => {
      const { models } = clientFor(urlOf(scenario));
      const request = requestOf();
      return call({ provider: 'google', request }, () => models.generateContentStream(request));
    },
    useTool: (scenario) => {
      const config = { tools: [{ functionDeclarations: [FUNCTION] }] };
      const contents = [{ role: 'user', parts: [{ text: QUESTION }] }];
      return answer(clientFor(urlOf(scenario)), { model: GEMINI_MODEL, contents, config });
    },
    reasoning: () => create('reasoning'),
  });
  return scenarios;
}

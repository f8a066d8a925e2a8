/** An agent of ADK on the Gemini API. Its sub-agent is a tool. */
import {
  AgentTool,
  FunctionTool,
  Gemini,
  InMemoryRunner,
  LlmAgent,
  LogLevel,
  StreamingMode,
  setLogLevel,
} from '@google/adk';
import { z } from 'zod';
import { QUESTION, TOOL } from '../../../app/models.js';
import { readAll, readSome } from '../../../app/scenarios.js';

const MODEL = 'gemini-2.5-flash';
const WEATHER = new FunctionTool({
  name: TOOL.name,
  description: TOOL.description,
  parameters: z.object({ city: z.string() }),
  execute: TOOL.run,
});

setLogLevel(LogLevel.ERROR);

export function createScenarios(app) {
  return scenariosOfAgent(app, () => ({ tools: [new AgentTool({ agent: agentOf({ name: 'expert' }) })] }));
}

/** The client finds the address in the environment, and is made at the first call. */
export function scenariosOfAgent({ urlOf, call }, withSubAgent) {
  const events = async (scenario, { streamingMode = StreamingMode.NONE, ...more } = {}) => {
    process.env.GOOGLE_GEMINI_BASE_URL = urlOf(scenario);
    const runner = new InMemoryRunner({ agent: agentOf({ name: 'boss', ...more }), appName: 'app' });
    const { id } = await runner.sessionService.createSession({ appName: 'app', userId: 'user' });
    const newMessage = { role: 'user', parts: [{ text: QUESTION }] };
    const request = { userId: 'user', sessionId: id, newMessage, runConfig: { streamingMode } };
    return call({ provider: 'google', model: MODEL }, () => runner.runAsync(request));
  };
  const run = async (scenario, more) => readAll(await events(scenario, more));
  const stream = (scenario, more) => run(scenario, { streamingMode: StreamingMode.SSE, ...more });
  return {
    plain: () => run('plain'),
    cached: () => run('cached'),
    reasoning: () => run('reasoning'),
    streamed: () => stream('streamed'),
    streamedCached: () => stream('streamedCached'),
    aborted: async () => readSome(await events('aborted', { streamingMode: StreamingMode.SSE })),
    tools: () => run('tools', { tools: [WEATHER] }),
    streamedTools: () => stream('streamedTools', { tools: [WEATHER] }),
    subAgent: () => run('subAgent', withSubAgent()),
    streamedSubAgent: () => stream('streamedSubAgent', withSubAgent()),
  };
}

export function agentOf({ name, ...more }) {
  const model = new Gemini({ model: MODEL, apiKey: 'none' });
  return new LlmAgent({ name, model, description: 'Knows capitals.', instruction: 'Answer.', ...more });
}

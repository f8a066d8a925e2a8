/** OpenAI's client by itself in an app that has frameworks, too: what no framework reports must not be lost. */
import { ChatOpenAI } from '@langchain/openai';
import { Agent, OpenAIProvider, Runner, setTracingDisabled } from '@openai/agents';
import { OpenAI } from 'openai';
import { openaiModel, QUESTION } from '../../app/models.js';
import { run, urlOf } from './run.js';

await run({
  plain: () =>
    new ChatOpenAI({
      apiKey: 'none',
      model: openaiModel('plain'),
      configuration: { baseURL: urlOf('plain') },
    }).invoke(QUESTION),
  cached: () =>
    new OpenAI({ apiKey: 'none', baseURL: urlOf('cached') }).chat.completions.create({
      model: openaiModel('cached'),
      messages: [{ role: 'user', content: QUESTION }],
    }),
  reasoning: () => {
    // An agent that tells nobody of its calls: the client's span is the only one.
    setTracingDisabled(true);
    const modelProvider = new OpenAIProvider({
      apiKey: 'none',
      baseURL: urlOf('reasoning'),
      useResponses: true,
    });
    const agent = new Agent({ name: 'guide', model: openaiModel('reasoning') });
    return new Runner({ modelProvider }).run(agent, QUESTION);
  },
});

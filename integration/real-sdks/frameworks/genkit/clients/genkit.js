/** Genkit with OpenAI's or Anthropic's plug-in. A tool that asks another model, or a prompt as an agent, is the sub-agent. */
import { anthropic } from '@genkit-ai/anthropic';
import { openAI } from '@genkit-ai/compat-oai/openai';
import { genkit, z } from 'genkit';
import { ANTHROPIC_MODEL, openaiModel, QUESTION, TOOL } from '../../../app/models.js';
import { readAll, readSome } from '../../../app/scenarios.js';

const PLUGINS = {
  openai: (baseURL) => ({ plugin: openAI({ apiKey: 'none', baseURL }), model: `openai/${openaiModel()}` }),
  anthropic: (baseURL) => {
    // The plug-in does not hand on another URL.
    process.env.ANTHROPIC_BASE_URL = baseURL;
    return { plugin: anthropic({ apiKey: 'none' }), model: `anthropic/${ANTHROPIC_MODEL}` };
  },
};

/** @param inMiddleware whether `call` is around each call of the model, else around the whole of `generate` */
export function genkitScenarios({ provider, urlOf, call, inMiddleware = false }) {
  const aiOf = (scenario) => {
    const { plugin, model } = PLUGINS[provider](urlOf(scenario));
    const ai = genkit({ plugins: [plugin], model });
    const options = { provider, model: model.split('/')[1] };
    const around = inMiddleware ? (_options, fn) => fn() : call;
    // recipe: Genkit: middleware for `use` of generate and generateStream
    const meter = (request, next) => call(options, () => next(request));
    // end of recipe
    const use = inMiddleware ? [meter] : [];
    return {
      ai,
      ask: (more) => around(options, () => ai.generate({ prompt: QUESTION, use, ...more })),
      stream: (more) => around(options, () => ai.generateStream({ prompt: QUESTION, use, ...more })),
    };
  };
  const weatherOf = ({ ai }) =>
    ai.defineTool(
      { name: TOOL.name, description: TOOL.description, inputSchema: z.object({ city: z.string() }) },
      async () => TOOL.run(),
    );
  const expertOf = ({ ai, ask }) =>
    ai.defineTool(
      { name: 'ask_expert', description: 'Asks the expert.', inputSchema: z.object({ prompt: z.string() }) },
      async ({ prompt }) => (await ask({ prompt })).text,
    );
  const asking = (scenario, toolOf) => {
    const app = aiOf(scenario);
    const more = toolOf && { tools: [toolOf(app)] };
    return app.ai.defineFlow('answer', async () => void (await app.ask(more)))();
  };
  const streaming = (scenario, read, toolOf) => {
    const app = aiOf(scenario);
    const more = toolOf && { tools: [toolOf(app)] };
    return app.ai.defineFlow('answer', async () => {
      const { stream, response } = await app.stream(more);
      await read(stream);
      if (read === readAll) await response;
    })();
  };
  return {
    plain: () => asking('plain'),
    cached: () => asking('cached'),
    streamed: () => streaming('streamed', readAll),
    streamedCached: () => streaming('streamedCached', readAll),
    aborted: () => streaming('aborted', readSome),
    tools: () => asking('tools', weatherOf),
    streamedTools: () => streaming('streamedTools', readAll, weatherOf),
    subAgent: () => asking('subAgent', expertOf),
    streamedSubAgent: () => streaming('streamedSubAgent', readAll, expertOf),
  };
}

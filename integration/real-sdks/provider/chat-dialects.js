/** How the providers that speak OpenAI's chat completions count: each with the usage object that it sends. */
import { listUsd } from './prices.js';

const noCache = ({ input, output }) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
});

const openaiUsage = (usage) => ({
  ...noCache(usage),
  prompt_tokens_details: { cached_tokens: usage.cacheRead, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: usage.reasoning,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
});

export const OPENAI = {
  base: { service_tier: 'default' },
  usageOf: openaiUsage,
  lastChunks: ({ chunk, delta, finish, counts, wantsUsage }) => [
    delta({}, finish),
    ...(wantsUsage ? [chunk([], { usage: counts })] : []),
  ],
};

const TIMES = { queue_time: 0.0513, prompt_time: 0.0123, completion_time: 0.2571, total_time: 0.2694 };

const groq = {
  base: { system_fingerprint: 'fp_c06d5113ec', service_tier: 'on_demand' },
  alwaysTellsUsage: true,
  usageOf: ({ cacheRead, ...usage }) => ({
    ...noCache(usage),
    ...TIMES,
    prompt_tokens_details: { cached_tokens: cacheRead },
  }),
  whole: (id) => ({ usage_breakdown: null, x_groq: { id: `req_${id}`, seed: 1_117_205_129 } }),
  lastChunks: ({ chunk, finish, counts, id, wantsUsage }) => [
    chunk([{ index: 0, delta: {}, finish_reason: finish }], { x_groq: { id: `req_${id}`, usage: counts } }),
    ...(wantsUsage ? [chunk([], { usage: counts })] : []),
  ],
};

const mistral = {
  base: {},
  alwaysTellsUsage: true,
  usageOf: (usage) => ({
    ...noCache(usage),
    num_cached_tokens: usage.cacheRead,
    prompt_tokens_details: { cached_tokens: usage.cacheRead },
  }),
  lastChunks: ({ chunk, finish, counts }) => [
    chunk([{ index: 0, delta: { content: '' }, finish_reason: finish }], { usage: counts }),
  ],
};

/** What a deployment of Azure's serves: the response says which model it is. */
const azure = { ...OPENAI, servedModel: 'gpt-4o-mini' };

/** Reasoning stands beside the completion there, inside of the total. */
const xai = {
  ...OPENAI,
  base: { system_fingerprint: 'fp_f4a2d5b8c1' },
  usageOf: ({ input, output, cacheRead, reasoning }) => ({
    prompt_tokens: input,
    completion_tokens: output - reasoning,
    total_tokens: input + output,
    prompt_tokens_details: { text_tokens: input, audio_tokens: 0, image_tokens: 0, cached_tokens: cacheRead },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
    num_sources_used: 0,
  }),
};

/** The share of the list price that the gateway's bill comes to: so that nobody is right by the list alone. */
const OPENROUTER_SHARE = 0.96;

const openrouter = {
  base: { provider: 'OpenAI', system_fingerprint: 'fp_efad92c60b' },
  alwaysTellsUsage: true,
  billOf: ({ model, usage }) => openrouterUsd(model, usage),
  usageOf: (usage, model) => ({
    ...openaiUsage(usage),
    ...openrouterBill(model, usage, ['prompt', 'completions']),
  }),
  lastChunks: ({ chunk, delta, finish, counts }) => [
    delta({ content: '' }, finish),
    chunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }], { usage: counts }),
  ],
};

/** @param names of input and output in the names of their costs: the two APIs differ in these */
export function openrouterBill(model, usage, [inputName, outputName]) {
  return {
    cost: openrouterUsd(model, usage),
    is_byok: false,
    cost_details: {
      upstream_inference_cost: null,
      [`upstream_inference_${inputName}_cost`]: openrouterUsd(model, { ...usage, output: 0 }),
      [`upstream_inference_${outputName}_cost`]: openrouterUsd(model, { ...usage, input: 0, cacheRead: 0 }),
    },
  };
}

export function openrouterUsd(model, usage) {
  return Number((listUsd(model, usage) * OPENROUTER_SHARE).toFixed(8));
}

export const DIALECTS = { azure, groq, mistral, openrouter, xai };

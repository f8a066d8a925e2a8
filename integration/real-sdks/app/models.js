/** The model each scenario asks for, by provider. */
export function openaiModel(scenario) {
  return scenario === 'reasoning' ? 'gpt-5-mini' : 'gpt-4o-mini';
}

export const ANTHROPIC_MODEL = 'claude-sonnet-4-5';

export const QUESTION = 'What is the capital of France?';

/** A client that was given two words breaks off. */
export const PARTS_BEFORE_ABORT = 2;

export const TOOL = {
  name: 'get_weather',
  description: 'The weather in a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
  run: () => 'sunny',
};

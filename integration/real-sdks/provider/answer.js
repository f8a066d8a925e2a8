/** What the provider says in every API: the words of an answer. */
export const WORDS = ['Paris ', 'is ', 'the ', 'capital ', 'of ', 'France.'];

const SERVED_MODELS = {
  'gpt-4o-mini': 'gpt-4o-mini-2024-07-18',
  'gpt-5-mini': 'gpt-5-mini-2025-08-07',
  'claude-sonnet-4-5': 'claude-sonnet-4-5-20250929',
};

/** The dated name under which a provider answers for the name that was asked for. */
export function servedModel(model) {
  return SERVED_MODELS[model] ?? model;
}

/** The token counts of a call, under the attribute names of common instrumentations. */

/** The names of counts: the conventions, older ones of OpenLLMetry, OpenInference, the AI SDK. */
const TOKEN_KEYS = {
  input_tokens: [
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.prompt_tokens',
    'llm.usage.prompt_tokens',
    'llm.token_count.prompt',
    'ai.usage.promptTokens',
  ],
  output_tokens: [
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.completion_tokens',
    'llm.usage.completion_tokens',
    'llm.token_count.completion',
    'ai.usage.completionTokens',
  ],
  cache_read_tokens: [
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.usage.cache_read_input_tokens',
    'llm.token_count.prompt_details.cache_read',
  ],
  cache_write_tokens: [
    'gen_ai.usage.cache_creation.input_tokens',
    'gen_ai.usage.cache_write.input_tokens',
    'gen_ai.usage.cache_creation_input_tokens',
    'llm.token_count.prompt_details.cache_write',
  ],
  reasoning_tokens: [
    'gen_ai.usage.reasoning.output_tokens',
    'gen_ai.usage.reasoning_tokens',
    'llm.token_count.completion_details.reasoning',
  ],
} as const;

export function tokenCounts(a: Readonly<Record<string, unknown>>) {
  const first = (keys: readonly string[]) =>
    keys.reduce<bigint | null>((found, key) => found ?? whole(a[key]), null);
  return {
    input_tokens: first(TOKEN_KEYS.input_tokens),
    output_tokens: first(TOKEN_KEYS.output_tokens),
    cache_read_tokens: first(TOKEN_KEYS.cache_read_tokens),
    cache_write_tokens: first(TOKEN_KEYS.cache_write_tokens),
    reasoning_tokens: first(TOKEN_KEYS.reasoning_tokens),
  };
}

/** Counts of more than 2^53 are no counts. */
export function whole(value: unknown): bigint | null {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? BigInt(number) : null;
}

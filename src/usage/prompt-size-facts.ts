/**
 * The parts of a request that determine an upper bound of its tokens, for OpenAI, Anthropic, Gemini, Bedrock, Ollama,
 * xAI, OpenRouter, Cohere and the Vercel AI SDK. Everything else in a request is counted as text, known or not, so a
 * key that is missing here makes an estimate too high rather than too low.
 */

/** Keys that can hold a prompt. A request with none of them has its prompt elsewhere. */
export const PROMPT_KEY = /^(messages?|inputs?|prompt|contents|system|instructions)$/;

/** Not sent to the model: the model itself, and handles of the client. */
export const CLIENT_KEY = /^(model(Id|Name)?|signal|abortSignal|headers)$/;

/** Functions that make neither tokens nor calls. Any other function is code that decides what is sent. */
export const CALLBACK_KEY = /^(on[A-Z].*|execute|validate|toModelOutput|needsApproval)$/;

/**
 * Keys whose values use the app's own names: JSON schemas, arguments and results of tools. All of it counts as text.
 */
export const DATA_KEY =
  /^(parameters.*|.*schema|properties|arguments|args|input|metadata|json|response|functions)$/i;

/**
 * Keys whose tokens or price the request does not show. In this order: context that the provider keeps or brings in;
 * files and sound; several calls in one; other output than text; other prices;
 * output beside `max_tokens` (the AI SDK adds its `budgetTokens` to it, Qwen does not count its reasoning in it).
 */
export const HIDDEN_KEY =
  /^(conversation|cached_?content|container|context_management|preset|prompt_?variables|mcp_?servers|search_parameters|web_search_options|data_?sources|plugins|connectors|audio|video|document|file(_?data)?|max_?(steps|turns)|stop_?when|prepare_?step|prediction|speech_?config|(response_?)?modalities|models|fallbacks|service_?tier|speed|ttl|inference_geo|performance_?config|budgetTokens|enable_thinking|thinking_budget)$/i;

/** Ids and addresses of data that the provider stores: `previous_response_id`, `file_ids`, `vectorStoreIds`, `fileUri`. */
export const REFERENCE_KEY = /^(?!tool|call|user|trace|session|request).*(_ids?|[a-z]Ids?|_uri|Uri)$/;

/** Values with which such a key changes nothing. */
export const PLAIN_VALUE = /^(|auto|default|none|off|disabled|standard\w*|flex|batch|global|text|5m)$/i;

/** The `type` of a message, a part of one, or a tool that is text and nothing else. */
export const TEXT_TYPE =
  /^(message|text|(in|out)put_text|(summary|reasoning)_text|reasoning|(redacted_)?thinking|refusal|tool[_-](use|result|call)|(function|custom)(_tool)?(_call)?(_output)?)$/;

/** A tool that has these keys only holds declarations of functions, or marks what to cache. */
export const DECLARATION_KEY = /^(function_?declarations|tool_?spec|cache_?point)$/i;

/** Keys after which providers add instructions of their own. */
export const INSTRUCTED_KEY = /^(tools|functions|response_?format|response_?schema|output_\w+)$/i;

/** A key, or the `type` of a part. */
export const IMAGE_KEY = /^(images?|input_image|image_?url)$/i;

/** Models that search, or choose another model, by themselves. */
export const HIDDEN_MODEL = /search|sonar|:online|deep-research|compound|:prompt\/|router/i;

/**
 * The most tokens of one image by model, the first that matches. Providers scale an image down to: 8 tiles at the factor
 * of gpt-4o-mini; 1,536 patches at most times 2.46 (gpt-4.1-nano); 10,000 patches of `detail: original` times 1.62
 * (mini models since GPT-5.1); 4,784 tokens (Claude since Opus 4.7); 16 tiles of 258 (Gemini 2). An image of any other
 * model is not sized.
 */
export const IMAGE_TOKENS: readonly (readonly [model: RegExp, tokens: number])[] = [
  [/gpt-4o-mini/, 48_169],
  [/gpt-4|gpt-5(-|$)|(^|\/)o\d/, 3779],
  [/gpt-5/, 16_200],
  [/claude/, 4784],
  [/gemini/, 4128],
];

/**
 * Finds out what a number counts from the words of its name, so that one rule reads every provider's spelling:
 * `cacheReadInputTokens`, `cache_read_input_tokens` and `input_tokens_details.cached_tokens` all have the words of
 * "input tokens read from a cache". A name with an unknown word counts something unknown.
 */

/** Everything that a count may measure: totals, then their parts, then units that are billed by the piece. */
export const FACTS = [
  /** Input tokens. The other facts decide whether the cache is inside. */
  'input',
  /** Input tokens that were neither read from a cache nor written to one. */
  'freshInput',
  'output',
  'total',
  'inputText',
  'inputAudio',
  'inputImage',
  'inputVideo',
  'cacheRead',
  /** Cached text and video, which have no price of their own. */
  'cacheReadText',
  'cacheReadAudio',
  'cacheReadImage',
  'cacheWrite',
  'cacheWrite5m',
  'cacheWrite1h',
  'outputText',
  'outputAudio',
  'outputImage',
  'outputVideo',
  'reasoning',
  'citation',
  /** Tokens that tools put into the prompt, counted beside it; and their modalities. */
  'toolInput',
  'toolAudio',
  'toolImage',
  'toolVideo',
  'webSearches',
  'fileSearches',
  'codeExecutions',
  'rerankSearches',
  'otherToolCalls',
  /** Calls of the provider's tools, searches included. */
  'toolCalls',
  'inputAudioSeconds',
  'images',
  /** Requests that the counts sum up. */
  'requests',
] as const;

export type Fact = (typeof FACTS)[number];

/** `ignored`: known to be irrelevant for the bill. `unknown`: a name with a word that is not known. */
export type Meaning = Fact | 'ignored' | 'unknown';

const IN = 1;
const OUT = 2;
const CACHE = 4;
const WRITE = 8;
const FRESH = 16;
const HOUR = 32;
const FIVE_MINUTES = 64;
const REASON = 128;
const AUDIO = 256;
const IMAGE = 512;
const VIDEO = 1024;
const TEXT = 2048;
const TOTAL = 4096;
const CITATION = 8192;
const TOOL = 2 ** 14;
const WEB = 2 ** 15;
const FILE = 2 ** 16;
const CODE = 2 ** 17;
const SEARCH = 2 ** 18;
const SECONDS = 2 ** 19;
const CALL = 2 ** 20;
const CREATED = 2 ** 21;
const IRRELEVANT = 2 ** 22;
const TOKEN = 2 ** 23;
const RERANK = 2 ** 24;
const PIECES = 2 ** 25;
const UNKNOWN = 2 ** 26;

const WORDS: readonly (readonly [number, string])[] = [
  [IN, 'input prompt'],
  [OUT, 'output completion completions candidates candidate response generation generated'],
  [CACHE, 'cache cached caching'],
  // `content` is Gemini's word for what its cache holds.
  [0, 'read hit hits content'],
  [WRITE, 'write writes written creation'],
  // Anthropic's kind of cache.
  [CACHE | WRITE, 'ephemeral'],
  [FRESH, 'miss misses no non uncached fresh'],
  [HOUR, '1h'],
  [FIVE_MINUTES, '5m'],
  [REASON, 'reasoning thinking thought thoughts'],
  [AUDIO, 'audio'],
  [IMAGE, 'image'],
  [IMAGE | PIECES, 'images'],
  [VIDEO, 'video'],
  // A document is counted as the text in it.
  [TEXT, 'text document'],
  [TOTAL, 'total'],
  [CITATION, 'citation citations'],
  [TOOL, 'tool tools connector connectors'],
  [WEB, 'web'],
  [FILE, 'file'],
  [CODE, 'code'],
  [SEARCH, 'search searches'],
  [RERANK, 'rerank'],
  [SECONDS, 'seconds'],
  [CALL, 'calls call requests executions execution interpreter queries query'],
  [TOKEN, 'token tokens'],
  [CREATED, 'created'],
  // Words about the form of a count. They do not change its meaning.
  [
    0,
    'count counts num number usage detail details by modality of server side use used billed units metadata',
  ],
  // Times and rates.
  [IRRELEVANT, 'time times duration latency ms millis milliseconds ns second per throughput at speed'],
  // Money is read by `reported-cost.ts`.
  [IRRELEVANT, 'cost costs price usd ticks fee charge charges credits discount'],
  // Limits and sizes.
  [IRRELEVANT, 'max min limit remaining window context'],
  // OpenAI bills predicted tokens, even rejected ones, as part of the completion tokens.
  [IRRELEVANT, 'accepted rejected prediction'],
  // Genkit counts them itself, beside the tokens.
  [IRRELEVANT, 'character characters'],
];

const FLAGS: ReadonlyMap<string, number> = new Map(
  WORDS.flatMap(([flag, words]) => words.split(' ').map((word) => [word, flag] as const)),
);

/** Names whose words do not show their meaning, as the words of the whole path. Each with its source. */
const NAMES: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  // The tokens of AI SDK's embeddings, which have input only.
  ['tokens', 'input'],
  // Ollama.
  ['prompt eval count', 'input'],
  ['eval count', 'output'],
  // Amazon Titan.
  ['input text token count', 'input'],
  // Google's Interactions API: tool results that were put into the prompt.
  ['total tool use tokens', 'toolInput'],
  ['tool use tokens by modality text tokens', 'ignored'],
  ['tool use tokens by modality audio tokens', 'toolAudio'],
  ['tool use tokens by modality image tokens', 'toolImage'],
  ['tool use tokens by modality video tokens', 'toolVideo'],
  // Mistral: the tokens that its connectors fetched. The model read them like the prompt.
  ['connector tokens', 'toolInput'],
  // Cohere: images beside the text, and rerankings of up to 100 documents each.
  ['billed units image tokens', 'toolImage'],
  ['billed units images', 'images'],
  ['billed units search units', 'rerankSearches'],
  // Perplexity.
  ['num search queries', 'webSearches'],
  // xAI.
  ['num server side tools used', 'toolCalls'],
  // Amazon Titan.
  ['results token count', 'output'],
  // The number of requests that the counts cover (OpenAI Agents).
  ['requests', 'requests'],
  // OpenAI's transcriptions that are billed by the second.
  ['seconds', 'inputAudioSeconds'],
  // Google ADK.
  ['experimental reasoning tokens', 'reasoning'],
  // Mistral's transcriptions.
  ['request count', 'ignored'],
  // Anthropic bills only the tokens of both.
  ['server tool use web fetch requests', 'ignored'],
  ['server tool use tool search requests', 'ignored'],
  ['web fetch requests', 'ignored'],
  // OpenRouter's reported cost includes them.
  ['server tool use details tool calls executed', 'ignored'],
  ['server tool use details tool calls requested', 'ignored'],
  // Genkit: the number of files in the prompt and the answer. They are billed by their tokens.
  ['output images', 'ignored'],
  ['input videos', 'ignored'],
  ['output videos', 'ignored'],
  ['input audio files', 'ignored'],
  ['output audio files', 'ignored'],
]);

const WORD_BOUNDARY = /([a-z])(?=[A-Z0-9])|([A-Z])(?=[A-Z][a-z])/g;

/** The words of a name, in lower case: `promptTokensDetails` is prompt, tokens, details. */
export function wordsOf(name: string): string[] {
  const words = name
    .replace(WORD_BOUNDARY, '$1$2 ')
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return words === null ? [] : words;
}

/**
 * The meaning of a count with this path. Its last name is the count's own; the names before it are those of the objects
 * around it.
 */
export function meaningOf(path: readonly string[]): Meaning {
  const words = path.map(wordsOf);
  const named = NAMES.get(words.flat().join(' '));
  return named ?? meaningOfFlags(flagsOf(words.at(-1) ?? []), flagsOf(words.slice(0, -1).flat()));
}

function flagsOf(words: readonly string[]): number {
  let flags = 0;
  for (const word of words) flags |= FLAGS.get(word) ?? UNKNOWN;
  return flags;
}

/** The side that the own name states takes precedence over the side of the names around it. */
function meaningOfFlags(own: number, around: number): Meaning {
  const flags = (own & SIDES) === 0 ? own | around : own | (around & ~SIDES);
  if ((flags & SECONDS) !== 0) return (flags & (AUDIO | OUT)) === AUDIO ? 'inputAudioSeconds' : 'ignored';
  if ((flags & IRRELEVANT) !== 0) return 'ignored';
  const unit = (own & TOKEN) === 0 ? unitOf(flags) : undefined;
  if (unit !== undefined) return unit;
  return (flags & (UNKNOWN | UNITS)) === 0 ? tokensOf(flags) : 'unknown';
}

/** The unit of a count of something other than tokens. */
function unitOf(flags: number): Meaning | undefined {
  if ((flags & SEARCH) !== 0 && (flags & WEB) !== 0) return 'webSearches';
  if ((flags & SEARCH) !== 0 && (flags & FILE) !== 0) return 'fileSearches';
  if ((flags & CODE) !== 0) return 'codeExecutions';
  if ((flags & RERANK) !== 0 && (flags & (SEARCH | CALL)) !== 0) return 'rerankSearches';
  if ((flags & PIECES) !== 0) return (flags & IN) === 0 ? 'images' : 'ignored';
  return (flags & TOOL) !== 0 && (flags & (IN | OUT | CACHE)) === 0 ? 'otherToolCalls' : undefined;
}

function tokensOf(flags: number): Meaning {
  if ((flags & CACHE) !== 0) return cacheOf(flags);
  if ((flags & (WRITE | HOUR | FIVE_MINUTES)) !== 0) return 'unknown';
  if ((flags & FRESH) !== 0) return (flags & SIDES) === IN ? 'freshInput' : 'unknown';
  if ((flags & CREATED) !== 0) return 'ignored';
  if ((flags & REASON) !== 0) return (flags & MODALITIES) === 0 ? 'reasoning' : 'unknown';
  if ((flags & CITATION) !== 0) return 'citation';
  if ((flags & TOOL) !== 0) return (flags & IN) === 0 ? 'unknown' : modalityOf(flags, TOOL_INPUT);
  if ((flags & IN) !== 0) return modalityOf(flags, INPUT);
  if ((flags & OUT) !== 0) return modalityOf(flags, OUTPUT);
  return (flags & TOTAL) !== 0 && (flags & MODALITIES) === 0 ? 'total' : 'unknown';
}

function cacheOf(flags: number): Meaning {
  if ((flags & FRESH) !== 0) return 'freshInput';
  if ((flags & HOUR) !== 0) return 'cacheWrite1h';
  if ((flags & FIVE_MINUTES) !== 0) return 'cacheWrite5m';
  return (flags & (WRITE | CREATED)) === 0 ? modalityOf(flags, CACHE_READ) : 'cacheWrite';
}

const SIDES = IN | OUT;
const MODALITIES = AUDIO | IMAGE | VIDEO | TEXT;
const UNITS = SEARCH | WEB | FILE | CODE | CALL | RERANK;

/** All of it, then audio, image, video and text. */
type ByModality = readonly [Meaning, Meaning, Meaning, Meaning, Meaning];

const INPUT: ByModality = ['input', 'inputAudio', 'inputImage', 'inputVideo', 'inputText'];
const OUTPUT: ByModality = ['output', 'outputAudio', 'outputImage', 'outputVideo', 'outputText'];
const TOOL_INPUT: ByModality = ['toolInput', 'toolAudio', 'toolImage', 'toolVideo', 'ignored'];
const CACHE_READ: ByModality = [
  'cacheRead',
  'cacheReadAudio',
  'cacheReadImage',
  'cacheReadText',
  'cacheReadText',
];

function modalityOf(flags: number, [all, audio, image, video, text]: ByModality): Meaning {
  if ((flags & AUDIO) !== 0) return audio;
  if ((flags & IMAGE) !== 0) return image;
  if ((flags & VIDEO) !== 0) return video;
  return (flags & TEXT) === 0 ? all : text;
}

/** The call that `explainCost` explains, as the app names it. */

import { InvalidOptionError } from '../errors.js';
import { MAX_COUNT } from '../usage/counts.js';
import { readSpan } from '../usage/read-span.js';
import { readRecorded } from '../usage/recorded-usage.js';
import type { SpanAttributes } from '../usage/span-role.js';
import { noTokens, type Usage } from '../usage/usage.js';
import { expectKnownKeys, expectRecord, expectString } from '../validate.js';
import type { PriceQuery } from './priced.js';

/** Tokens of a call, as the GenAI conventions count them. Whole numbers from 0; default 0. */
export interface ExplainedTokens {
  /** Cache reads and writes included. */
  input?: number | undefined;
  /** Reasoning included. */
  output?: number | undefined;
  /** Part of `input`. */
  cacheRead?: number | undefined;
  /** Part of `input`. */
  cacheWrite?: number | undefined;
  /** Part of `output`. */
  reasoning?: number | undefined;
}

/** The call to explain, with `tokens`, `usage` or `attributes`. */
export interface ExplainedCall {
  /** The provider, such as `openai` or `aws.bedrock`. Default: guessed by the model. */
  provider?: string | undefined;
  /** The model that answered. */
  model?: string | undefined;
  /** The requested model, where it differs. */
  requestModel?: string | undefined;
  tokens?: ExplainedTokens | undefined;
  /** The usage object or the whole response of a provider, in place of `tokens`. A cost in it is not used. */
  usage?: object | undefined;
  /**
   * The attributes of a recorded span, in place of `tokens`, as `CostSpanProcessor` reads those of other
   * instrumentations. They also name provider, models and tier, where the fields above do not.
   */
  attributes?: Readonly<Record<string, unknown>> | undefined;
  /** The name of the instrumentation scope of the span: some are read differently. */
  scopeName?: string | undefined;
  /** The tier that was served, such as `batch` or `priority`. Default: standard. */
  serviceTier?: string | undefined;
  /** The time of the call, in epoch milliseconds: prices depend on the date. Default: now. */
  timeMillis?: number | undefined;
}

const NAMES = ['provider', 'model', 'requestModel', 'serviceTier', 'scopeName'];
const COUNTS = ['tokens', 'usage', 'attributes'];
const KEYS = [...NAMES, ...COUNTS, 'timeMillis'];
const TOKEN_KEYS = ['input', 'output', 'cacheRead', 'cacheWrite', 'reasoning'];

/** Throws {@link InvalidOptionError}. */
export function queryOfCall(call: ExplainedCall): PriceQuery {
  const given = expectRecord('call', call);
  expectKnownKeys('', given, KEYS);
  for (const key of NAMES) if (given[key] !== undefined) expectString(key, given[key]);
  const [first, second] = COUNTS.filter((key) => given[key] !== undefined);
  if (first === undefined)
    throw new InvalidOptionError('tokens', undefined, 'an object, or usage or attributes');
  if (second !== undefined) throw new InvalidOptionError(second, given[second], `left out beside ${first}`);
  const { provider, model, requestModel, serviceTier, timeMillis = Date.now() } = call;
  if (!Number.isFinite(timeMillis))
    throw new InvalidOptionError('timeMillis', timeMillis, 'epoch milliseconds');
  const named = { provider, model, requestModel, timeMillis, serviceTier: serviceTier?.toLowerCase() };
  if (call.tokens !== undefined) return { ...named, usage: usageOf(call.tokens) };
  if (call.usage !== undefined) return recordedQuery(named, call.usage);
  return spanQuery(named, expectRecord('attributes', call.attributes), call.scopeName);
}

function spanQuery(
  { provider, model, requestModel, timeMillis, serviceTier }: Omit<PriceQuery, 'usage'>,
  attributes: SpanAttributes,
  scopeName: string | undefined,
): PriceQuery {
  const facts = readSpan(attributes, scopeName);
  return {
    provider: provider ?? facts?.provider,
    model: model ?? facts?.responseModel,
    requestModel: requestModel ?? facts?.requestModel,
    timeMillis,
    serviceTier: serviceTier ?? facts?.serviceTier,
    usage: facts?.usage,
  };
}

/** Names that the call states take precedence over those in the object. */
function recordedQuery(named: Omit<PriceQuery, 'usage'>, given: object): PriceQuery {
  const { provider, model, requestModel, timeMillis, serviceTier } = named;
  const answered = model ?? requestModel;
  const around = answered === undefined ? {} : { model: answered };
  const recorded = readRecorded(given, { ...(model && { model }), ...(provider && { provider }) }, around);
  return {
    provider: provider ?? recorded?.provider ?? recorded?.responseProvider,
    model: model ?? recorded?.responseModel,
    requestModel,
    timeMillis,
    serviceTier: serviceTier ?? recorded?.serviceTier,
    usage: recorded?.usage,
  };
}

function usageOf(tokens: ExplainedTokens): Usage {
  const given = expectRecord('tokens', tokens);
  expectKnownKeys('tokens', given, TOKEN_KEYS);
  const count = (key: keyof ExplainedTokens): number => {
    const { [key]: value = 0 } = tokens;
    if (Number.isInteger(value) && value >= 0 && value <= MAX_COUNT) return value;
    throw new InvalidOptionError(`tokens.${key}`, value, `a whole number from 0 to ${MAX_COUNT}`);
  };
  const [cacheRead, cacheWrite, reasoning] = [count('cacheRead'), count('cacheWrite'), count('reasoning')];
  const input = count('input') - cacheRead - cacheWrite;
  if (input < 0)
    throw new InvalidOptionError('tokens.input', tokens.input, 'at least cacheRead and cacheWrite together');
  const output = count('output') - reasoning;
  if (output < 0) throw new InvalidOptionError('tokens.output', tokens.output, 'at least reasoning');
  return { tokens: { ...noTokens(), input, cacheRead, cacheWrite, output, reasoning } };
}

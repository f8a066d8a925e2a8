/**
 * Reads what an app records of a call. A response is read as if it had been returned, and usage alone as if it stood in
 * a response.
 */
import { isRecord } from '../validate.js';
import { isPending, readProviderResponse, readResponse } from './read-response.js';
import type { CallFacts, Usage, UsagePart } from './usage.js';

/** One record of a call: everything that its object states, under the names that the app gives it. */
export interface Recorded extends CallFacts {
  usage: Usage;
  /** The provider that the app names. */
  provider?: string;
}

export interface CallNames {
  model?: string;
  provider?: string;
}

/**
 * Reads a response or usage alone, in any form. Undefined where it has no counts and no bill. Never throws.
 *
 * @param names The model and the provider that the app names. They take precedence over those in the object.
 * @param around The names of the call that it is recorded for. They only help to read the counts.
 */
export function readRecorded(given: unknown, names: CallNames, around: CallNames = {}): Recorded | undefined {
  const response = readResponse(given);
  if (response?.usage !== undefined) return named({ ...response, usage: response.usage }, names);
  const own = { ...namesIn(given), ...names };
  const alone = readAlone(given, { ...around, ...own });
  if (alone?.usage === undefined) return undefined;
  const { responseModel: _model, responseProvider: _provider, ...facts } = alone;
  return named({ ...facts, usage: alone.usage }, own);
}

function readAlone(usage: unknown, names: CallNames): CallFacts | undefined {
  try {
    return isRecord(usage) && !isPending(usage) ? readProviderResponse({ ...names, usage }) : undefined;
  } catch {
    // A getter or proxy of the app threw, so there is nothing to read.
    return undefined;
  }
}

/** The model and the provider that an object names. None if a getter or proxy of it throws. */
export function namesIn(given: unknown): CallNames {
  const names: CallNames = {};
  try {
    if (!isRecord(given)) return names;
    const { model, provider } = given;
    if (isName(model)) names.model = model;
    if (isName(provider)) names.provider = provider;
  } catch {
    return {};
  }
  return names;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/**
 * The record under the names of the app. Of a response that sums up several models, only the calls of its own model get
 * the name.
 */
function named(facts: Recorded, { model, provider }: CallNames): Recorded {
  const { usage, responseModel } = facts;
  const record: Recorded = { ...facts };
  if (provider !== undefined) record.provider = provider;
  if (model !== undefined) record.responseModel = model;
  const { parts } = usage;
  if (parts === undefined || (model ?? provider) === undefined) return record;
  const [first] = parts;
  const isOne = parts.every((part) => part.model === first?.model);
  const rename = (part: UsagePart): UsagePart =>
    isOne || part.model === undefined || part.model === responseModel
      ? { ...part, model: model ?? part.model, provider: provider ?? part.provider }
      : part;
  record.usage = { ...usage, parts: parts.map(rename) };
  return record;
}

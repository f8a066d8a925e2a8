/** Reads model, id, tier and finish reason under the names that responses, events and chunks have for them. */
import { isRecord } from '../validate.js';
import type { CallFacts } from './usage.js';

/** A call has one finish reason per choice. Further ones are not listed. */
const MAX_FINISH_REASONS = 8;

/** The most choices whose reasons are read. Providers give up to 128. */
const MAX_CHOICES = 128;

/** Sets the facts that this object has. The others keep their values. */
export function setFacts(facts: CallFacts, from: Record<string, unknown>): void {
  const model = firstString(from.model, from.modelVersion, from.model_version, from.modelId);
  if (model !== undefined) facts.responseModel = model;
  const id = firstString(from.id, from.responseId, from.response_id, from.generation_id);
  if (id !== undefined) facts.responseId = id;
  setTier(facts, from);
  setFinishReason(
    facts,
    from.stop_reason ?? from.stopReason ?? from.finish_reason ?? from.finishReason ?? from.done_reason,
  );
}

/** Sets the served tier, in lower case. Vertex's `ON_DEMAND_FLEX` becomes `flex`. */
export function setTier(facts: CallFacts, from: Record<string, unknown>): void {
  const own = isRecord(from.serviceTier) ? from.serviceTier.type : from.serviceTier;
  // Anthropic's fast mode has its own price, like a tier.
  const speed = from.speed === 'fast' ? from.speed : undefined;
  const tier = firstString(speed, from.service_tier, own, from.trafficType);
  // So has inference in the United States, for which Anthropic adds to its usual price.
  if (from.inference_geo === 'us' && (tier === undefined || tier === 'standard')) facts.serviceTier = 'us';
  else if (tier !== undefined) facts.serviceTier = tier.toLowerCase().replace(/^on_demand_/, '');
}

export function setFinishReason(facts: CallFacts, reason: unknown): void {
  const text = isRecord(reason) ? firstString(reason.unified, reason.raw) : reason;
  if (typeof text !== 'string' || text === '') return;
  const known = facts.finishReasons;
  if (known === undefined) facts.finishReasons = [text];
  else if (known.length < MAX_FINISH_REASONS && !known.includes(text)) known.push(text);
}

/** The finish reasons of OpenAI's choices and Gemini's candidates. */
export function setChoiceReasons(facts: CallFacts, from: Record<string, unknown>): void {
  for (const list of [from.choices, from.candidates]) {
    if (!Array.isArray(list)) continue;
    for (const choice of list.slice(0, MAX_CHOICES))
      if (isRecord(choice)) setFinishReason(facts, choice.finish_reason ?? choice.finishReason);
  }
}

export function firstString(...values: unknown[]): string | undefined {
  for (const value of values) if (typeof value === 'string' && value !== '') return value;
  return undefined;
}

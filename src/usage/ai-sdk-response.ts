import { isRecord } from '../validate.js';
import { keysOf, listed } from './bounds.js';
import { addUsage } from './combine.js';
import { withProviderMetadata } from './provider-metadata.js';
import { readUsage } from './read-usage.js';
import { setFacts, setFinishReason } from './response-facts.js';
import { type CallFacts, inputTokens, outputTokens, type Usage } from './usage.js';
import { statesCacheOutside } from './vendors.js';

/** True for the results of `generateText`, `generateObject`, `embed` and the models' `doGenerate`. */
export function isAiSdkResult(response: Record<string, unknown>): boolean {
  if (!isRecord(response.usage)) return false;
  if (Array.isArray(response.steps) || isRecord(response.providerMetadata)) return true;
  return (
    isRecord(response.response) &&
    ('finishReason' in response || 'embedding' in response || 'embeddings' in response)
  );
}

/** Reads a whole result: the sum over its steps, if it has steps. */
export function readAiSdkResult(result: Record<string, unknown>): CallFacts {
  const facts = readStep(result);
  const stepIds = readStepIds(result.steps);
  if (stepIds.length > 1) facts.stepIds = stepIds;
  const whole = readUsage(result.totalUsage) ?? facts.usage;
  const usage = mostComplete(whole, readSteps(result.steps), facts.usage);
  return usage === undefined ? facts : { ...facts, usage };
}

/** Reads one step, or a result that has only one step. */
export function readStep(step: Record<string, unknown>): CallFacts {
  const facts: CallFacts = {};
  if (isRecord(step.response)) setFacts(facts, step.response);
  setFinishReason(facts, step.finishReason);
  const metadata = step.providerMetadata ?? step.experimental_providerMetadata;
  const usage = readUsage(step.usage, { provider: providerIn(metadata) });
  if (usage !== undefined) facts.usage = usage;
  return withProviderMetadata(facts, metadata);
}

function readSteps(steps: unknown): Usage | undefined {
  if (!Array.isArray(steps) || steps.length < 2) return undefined;
  let sum: Usage | undefined;
  for (const step of listed(steps)) {
    const usage = isRecord(step) ? readStep(step).usage : undefined;
    if (usage === undefined) return undefined;
    sum = addUsage(sum, usage);
  }
  return sum;
}

function readStepIds(steps: unknown): string[] {
  return listed(steps).flatMap((step) => (isRecord(step) ? (readStep(step).responseId ?? []) : []));
}

/**
 * Picks among several views of one result: the last view that loses nothing against the earlier ones, because later
 * views have the finer parts.
 */
export function mostComplete(...views: (Usage | undefined)[]): Usage | undefined {
  let best: Usage | undefined;
  for (const view of views) {
    if (view !== undefined && (best === undefined || holds(view, best))) best = view;
  }
  return best;
}

function holds(view: Usage, other: Usage): boolean {
  return (
    inputTokens(view.tokens) >= inputTokens(other.tokens) &&
    outputTokens(view.tokens) >= outputTokens(other.tokens) &&
    (view.unsplitTokens ?? 0) >= (other.unsplitTokens ?? 0)
  );
}

/** The provider that wrote the metadata is its key. */
function providerIn(metadata: unknown): string | undefined {
  return isRecord(metadata) ? keysOf(metadata).find(statesCacheOutside) : undefined;
}

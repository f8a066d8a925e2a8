import { isRecord } from '../validate.js';
import { keysOf, listed } from './bounds.js';
import { holds } from './combine.js';
import { ofEndedCall } from './input-only.js';
import { withProviderMetadata } from './provider-metadata.js';
import { readUsage, type UsageHint } from './read-usage.js';
import { setFacts, setFinishReason } from './response-facts.js';
import { RunSteps } from './run-steps.js';
import type { CallFacts, Usage } from './usage.js';
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

/**
 * Reads a whole result. The counts and the bill beside several steps are those of the last step, or a sum without the
 * models that made it.
 */
export function readAiSdkResult(result: Record<string, unknown>): CallFacts {
  const steps = listed(result.steps).filter(isRecord);
  const hint = hintOf(result);
  const stated = readUsage(result.totalUsage, hint);
  const total = stated && ofEndedCall(stated, isEmbedding(result), hint.model);
  if (steps.length > 1) {
    const run = new RunSteps();
    for (const step of steps) run.push(readEndedStep(step), step.usage);
    const { usage: _last, ...said } = readEndedStep(result);
    return { ...said, ...(total ? run.total(total) : run.total(readUsage(result.usage), false)) };
  }
  const facts = readEndedStep(result);
  const [step] = steps;
  const usage = mostComplete(total, step && readEndedStep(step).usage, facts.usage);
  if (usage === undefined) return facts;
  return { ...facts, usage: asSum(result, total, withBill(usage, facts.usage)) };
}

function withBill(usage: Usage, other: Usage | undefined): Usage {
  const bill = usage.reportedCostUsd ?? other?.reportedCostUsd;
  return bill === undefined ? usage : { ...usage, reportedCostUsd: bill };
}

/**
 * Without a list of steps, the messages show that there were several calls. It is unknown how many of them the counts
 * cover.
 */
function asSum({ steps, response }: Record<string, unknown>, total: Usage | undefined, usage: Usage): Usage {
  const messages = isRecord(response) ? listed(response.messages) : [];
  const answers = messages.filter((message) => isRecord(message) && message.role === 'assistant').length;
  const isRun = typeof steps === 'number' ? steps > 1 : !Array.isArray(steps) && answers > 1;
  if (!isRun) return usage;
  return total === undefined ? { ...usage, isSum: true, doubt: 'sum_of_calls' } : { ...usage, isSum: true };
}

function hintOf({ response, providerMetadata }: Record<string, unknown>): UsageHint {
  const facts: CallFacts = {};
  if (isRecord(response)) setFacts(facts, response);
  return { provider: providerIn(providerMetadata), model: facts.responseModel };
}

/** Reads a step that has ended, or a result that has only one step. */
export function readEndedStep(step: Record<string, unknown>): CallFacts {
  const facts = readStep(step);
  const { usage, responseModel } = facts;
  return usage === undefined
    ? facts
    : { ...facts, usage: ofEndedCall(usage, isEmbedding(step), responseModel) };
}

function isEmbedding(result: Record<string, unknown>): boolean {
  return 'embedding' in result || 'embeddings' in result;
}

/** Reads a step, or a part of its stream. */
export function readStep(step: Record<string, unknown>): CallFacts {
  const facts: CallFacts = {};
  if (isRecord(step.response)) setFacts(facts, step.response);
  if (isRecord(step.model) && typeof step.model.modelId === 'string')
    facts.responseModel ??= step.model.modelId;
  setFinishReason(facts, step.finishReason);
  const metadata = step.providerMetadata ?? step.experimental_providerMetadata;
  const usage = readUsage(step.usage, { provider: providerIn(metadata), model: facts.responseModel });
  if (usage !== undefined) facts.usage = usage;
  return withProviderMetadata(facts, metadata);
}

/**
 * Picks among several views of one call: the last view that loses nothing against the earlier ones, because later
 * views have the finer parts.
 */
function mostComplete(...views: (Usage | undefined)[]): Usage | undefined {
  let best: Usage | undefined;
  for (const view of views) {
    if (view !== undefined && (best === undefined || holds(view, best))) best = view;
  }
  return best;
}

/** The provider that wrote the metadata is its key. A gateway adds its own. */
function providerIn(metadata: unknown): string | undefined {
  if (!isRecord(metadata)) return undefined;
  const keys = keysOf(metadata);
  return keys.find(statesCacheOutside) ?? keys[0];
}

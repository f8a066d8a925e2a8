/** Calls without output: a lone total is input, and an output that is missing was not cut off. */
import type { Usage } from './usage.js';

const OPERATIONS = new Set<unknown>(['embeddings', 'embedding', 'rerank', 'EMBEDDING', 'RERANKER']);
const MODEL = /embed|rerank|moderation/i;

/** `operation`: a value of `gen_ai.operation.name`, or the kind of a span in another convention. */
export function isInputOnlyOperation(operation: unknown): boolean {
  return OPERATIONS.has(operation);
}

export function isInputOnlyModel(model: string | undefined): boolean {
  return model !== undefined && MODEL.test(model);
}

/**
 * The usage of a call that has ended. If it can have an output and states none, its counts are a lower bound.
 *
 * @param hasNoOutput True if its result shows that it has no output, whatever the model.
 */
export function ofEndedCall(usage: Usage, hasNoOutput: boolean, model: string | undefined): Usage {
  if (!usage.inputOnly || hasNoOutput || isInputOnlyModel(model)) return usage;
  return { ...usage, incomplete: true };
}

/** The usage of a call that has no output, as its operation shows: nothing is missing. */
export function ofInputOnlyCall(usage: Usage): Usage {
  if (!usage.inputOnly || usage.anomaly !== undefined) return usage;
  const { incomplete: _incomplete, ...whole } = usage;
  return whole;
}

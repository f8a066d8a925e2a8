import { isRecord } from '../validate.js';
import { listed } from './bounds.js';
import type { Draft } from './draft.js';
import { toUsage } from './reading.js';
import type { UsagePart } from './usage.js';

/** The type of the pass in which another model answered after the requested one had refused. */
const FALLBACK = 'fallback_message';

/** The counts that add up to a pass. */
const COUNTS = [
  'input',
  'output',
  'cacheRead',
  'cacheWrite',
  'cacheWrite5m',
  'cacheWrite1h',
  'reasoning',
] as const;

/**
 * Adds the passes that produced an Anthropic message. The top-level counts cover only the passes of type `message`: a
 * compaction is extra, and an advisor is another model with its own price. When a fallback served the message, the
 * top-level counts cover only the fallback pass; the refused pass before it is free unless it produced output.
 */
export function addIterations(
  draft: Draft,
  passes: readonly unknown[],
  read: (pass: Record<string, unknown>) => Draft,
): void {
  const iterations = listed(passes).filter(isRecord);
  const others: UsagePart[] = [];
  const extra: Draft[] = [];
  let sum = 0;
  const served = iterations.some(({ type }) => type === FALLBACK) ? FALLBACK : 'message';
  for (const iteration of iterations) {
    const counts = read(iteration);
    const { type, model } = iteration;
    if (served === FALLBACK && isRefused(type, counts)) continue;
    if (type !== served && typeof model === 'string') {
      const usage = toUsage(counts);
      if (usage !== undefined) others.push({ model, usage });
      continue;
    }
    sum += size(counts);
    if (type !== served) extra.push(counts);
  }
  if (others.length > 0) draft.others = others;
  // If the top level ever covers every pass, there is nothing to add.
  if (sum !== size(draft)) for (const counts of extra) addCounts(draft, counts);
}

/** Anthropic does not bill an attempt that was refused before any output. */
function isRefused(type: unknown, { output = 0 }: Draft): boolean {
  return type === 'message' && output === 0;
}

function size({ input = 0, output = 0, cacheRead = 0, cacheWrite = 0 }: Draft): number {
  return input + output + cacheRead + cacheWrite;
}

function addCounts(draft: Draft, more: Draft): void {
  for (const fact of COUNTS) {
    const count = more[fact];
    if (count !== undefined) draft[fact] = (draft[fact] ?? 0) + count;
  }
}

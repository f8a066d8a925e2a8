import { isRecord } from '../validate.js';
import { keysOf } from './bounds.js';
import { isPresent } from './counts.js';
import { readUsage } from './read-usage.js';
import type { Usage } from './usage.js';

/**
 * The counts of one message of an Anthropic stream. They are cumulative: a field in a later event replaces the earlier
 * value, and an omitted field keeps it. A field of 0 also keeps it, because some gateways fill in zeros.
 *
 * Example: 15,000 input tokens at the start and 0+500 at the end are 15,000+500.
 */
export class AnthropicCounts {
  private counts: Record<string, unknown> | undefined;
  private isDoubtful = false;

  /** @param isStart the first event of a message, whose output tokens are not final. */
  push(usage: Record<string, unknown>, isStart: boolean): void {
    // A list of the passes comes with all counts. The top level then has the counts of the last pass only.
    const { counts: before } = this;
    this.counts =
      before === undefined || Array.isArray(usage.iterations) ? usage : this.merged(before, usage, isStart);
  }

  get usage(): Usage | undefined {
    const usage = readUsage(this.counts);
    return usage !== undefined && this.isDoubtful ? { ...usage, doubt: 'ambiguous_usage' } : usage;
  }

  private merged(
    before: Record<string, unknown>,
    usage: Record<string, unknown>,
    isStart: boolean,
  ): Record<string, unknown> {
    const merged = { ...before };
    const wipes: string[] = [];
    let restates = false;
    for (const key of keysOf(usage)) {
      const [value, known] = [usage[key], before[key]];
      if (!isPresent(value)) continue;
      if (typeof value !== 'number' || typeof known !== 'number' || value >= known) {
        merged[key] = value;
        if (INPUT_COUNTS.has(key) && typeof known === 'number' && value !== known && value !== 0)
          restates = true;
      } else if (value !== 0 && !(isStart && key === 'output_tokens')) this.isDoubtful = true;
      else if (value === 0 && INPUT_COUNTS.has(key)) wipes.push(key);
    }
    // One count of the prompt is corrected and another is 0. The 0 may be a correction, too.
    if (restates && wipes.length > 0) this.isDoubtful = true;
    if (isStale(before, usage)) delete merged.cache_creation;
    return merged;
  }
}

const INPUT_COUNTS = new Set(['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']);

/** The lifetimes of cache writes belong to the count beside them. */
function isStale(before: Record<string, unknown>, usage: Record<string, unknown>): boolean {
  const { cache_creation_input_tokens: written } = usage;
  if (!isPresent(written) || written === 0 || isPresent(usage.cache_creation) || isRecord(written))
    return false;
  return written !== before.cache_creation_input_tokens;
}

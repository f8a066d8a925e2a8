/** Usage and cost that Langfuse's clients put on their spans as JSON. */
import { isRecord } from '../validate.js';
import { keysOf } from './bounds.js';
import { type Fact, meaningOf } from './count-names.js';
import { addUsd, readUsd } from './counts.js';
import { type Draft, isCount } from './draft.js';
import type { SpanAttributes } from './span-role.js';
import type { UnreadNumbers } from './unread.js';

/** Longer JSON, in characters, is not parsed: counts by name are short, so it is something else. */
const MAX_LENGTH = 2_000;

/** Langfuse's own counts do not overlap, so each is added to its side. */
export function readLangfuseCounts(draft: Draft, numbers: UnreadNumbers, a: SpanAttributes): void {
  const usage = a['langfuse.observation.usage_details'];
  if (usage === undefined) return;
  const counts = recordIn(usage);
  if (!isLangfuse(counts)) return;
  for (const name of keysOf(counts)) {
    const count = counts[name];
    if (typeof count !== 'number') continue;
    const meaning = meaningOf([name]);
    if (meaning === 'unknown') numbers.notice(['langfuse.observation.usage_details', name], count);
    else if (meaning !== 'ignored') addCount(draft, numbers, meaning, count, name);
  }
}

/** A provider's own object that an app handed to Langfuse, with parts that are inside the totals. */
export function langfuseUsage(a: SpanAttributes): unknown {
  const usage = a['langfuse.observation.usage_details'];
  const counts = usage === undefined ? undefined : recordIn(usage);
  return counts === undefined || isLangfuse(counts) ? undefined : counts;
}

function isLangfuse({ input, output, total }: Record<string, unknown>): boolean {
  return (input ?? output ?? total) !== undefined;
}

function addCount(draft: Draft, numbers: UnreadNumbers, fact: Fact, count: number, name: string): void {
  numbers.read(count);
  const side = SIDE_OF[fact];
  const before = side && draft[side];
  draft.take(fact, count, name);
  if (side === undefined || !isCount(count)) return;
  draft[side] = (before ?? 0) + count;
  draft.lesserInput = undefined;
  draft.lesserOutput = undefined;
}

/** The side of each part. Counts that are on neither side are not in this table. */
const SIDE_OF: Partial<Record<Fact, 'input' | 'output'>> = {
  input: 'input',
  inputAudio: 'input',
  inputImage: 'input',
  inputVideo: 'input',
  cacheRead: 'input',
  cacheReadAudio: 'input',
  cacheWrite: 'input',
  cacheWrite5m: 'input',
  cacheWrite1h: 'input',
  output: 'output',
  outputAudio: 'output',
  outputImage: 'output',
  outputVideo: 'output',
  reasoning: 'output',
};

/** The total, or else the sum of the parts. As elsewhere, 0 means that no price was known. */
export function readLangfuseCost(draft: Draft, a: SpanAttributes): number | undefined {
  const details = a['langfuse.observation.cost_details'];
  if (details === undefined) return undefined;
  const costs = recordIn(details);
  const parts = keysOf(costs).flatMap((name) => {
    const part = costs[name];
    return typeof part === 'number' ? [[name, part] as const] : [];
  });
  const total = parts.find(([name]) => name === 'total')?.[1];
  const usd = total ?? parts.reduce((sum: number, [, part]) => addUsd(sum, part) ?? sum, 0);
  return readUsd(usd || undefined, 'cost_details', draft);
}

function recordIn(json: unknown): Record<string, unknown> {
  const parsed = typeof json === 'string' && json.length <= MAX_LENGTH ? parse(json) : undefined;
  return isRecord(parsed) ? parsed : {};
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

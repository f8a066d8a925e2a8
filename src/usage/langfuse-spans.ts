/** Usage and cost that Langfuse's clients put on their spans as JSON. The counts do not overlap. */
import { isRecord } from '../validate.js';
import { addUsd, readUsd } from './counts.js';
import type { Draft } from './draft.js';
import type { SpanAttributes } from './span-role.js';

/** Longer JSON, in characters, is not parsed: counts by name are short, so it is something else. */
const MAX_LENGTH = 2_000;

export function readLangfuseSpan(d: Draft, a: SpanAttributes): void {
  const usage = a['langfuse.observation.usage_details'];
  if (usage === undefined) return;
  const counts = recordIn(usage);
  for (const [name, count] of numbersIn(counts)) readPart(d, name.toLowerCase(), count);
  readDetails(d, counts);
}

/** OpenAI's own usage object nests some counts in details objects. */
function readDetails(d: Draft, counts: Record<string, unknown>): void {
  const input = counts.prompt_tokens_details ?? counts.input_tokens_details;
  const output = counts.completion_tokens_details ?? counts.output_tokens_details;
  if (isRecord(input)) d.cacheRead = d.part(d.cacheRead, input.cached_tokens, 'cached_tokens');
  if (isRecord(output)) d.reasoning = d.part(d.reasoning, output.reasoning_tokens, 'reasoning_tokens');
}

/** The total, or else the sum of the parts. As elsewhere, 0 means that no price was known. */
export function readLangfuseCost(d: Draft, a: SpanAttributes): number | undefined {
  const details = a['langfuse.observation.cost_details'];
  if (details === undefined) return undefined;
  const parts = numbersIn(recordIn(details));
  const total = parts.find(([name]) => name === 'total')?.[1];
  const usd = total ?? parts.reduce((sum: number, [, part]) => addUsd(sum, part) ?? sum, 0);
  return readUsd(usd || undefined, 'cost_details', d);
}

/** The start of a name gives its side. Cache counts belong to the input, whatever their name starts with. */
function readPart(d: Draft, name: string, count: number): void {
  if (name.startsWith('total')) d.total = d.more(d.total, count, name);
  else if (name.startsWith('output') || name.startsWith('completion')) {
    const counted = d.part(0, count, name);
    d.output = (d.output ?? 0) + counted;
    if (name.includes('reasoning')) d.reasoning += counted;
    if (name.includes('audio')) d.outputAudio += counted;
  } else if (name.startsWith('input') || name.startsWith('prompt') || name.startsWith('cache')) {
    const counted = d.part(0, count, name);
    d.input = (d.input ?? 0) + counted;
    if (name.includes('creation') || name.includes('write')) d.cacheWrite += counted;
    else if (name.includes('cache')) d.cacheRead += counted;
    else if (name.includes('audio')) d.inputAudio += counted;
  }
}

function numbersIn(record: Record<string, unknown>): [string, number][] {
  return Object.entries(record).flatMap(([name, value]) =>
    typeof value === 'number' ? [[name, value]] : [],
  );
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

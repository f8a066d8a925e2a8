/**
 * The usage of most calls: an input count, an output count, and nothing else that bears on them. The full reading gives
 * the same result (a property test in test/usage checks this) and takes five times as long.
 */
import { isRecord } from '../validate.js';
import { keysOf } from './bounds.js';
import type { Meaning } from './count-names.js';
import { MAX_COUNT } from './counts.js';
import { hasLangChainWrites } from './langchain-json.js';
import { type Name, nameOf } from './record-names.js';
import { keyOf } from './span-counts.js';
import type { SpanAttributes } from './span-role.js';
import { noTokens, type Usage } from './usage.js';

class PlainCounts {
  private input: number | undefined;
  private output: number | undefined;
  private total: number | undefined;
  private freshInput: number | undefined;
  private inputText: number | undefined;
  private outputText: number | undefined;
  /** True once a number under a usage name was taken. */
  hasAny = false;

  /** False for a number that needs the full reading. `meaning`: undefined for the name of something else. */
  take(meaning: Meaning | undefined, count: number): boolean {
    if (meaning !== undefined) this.hasAny = true;
    switch (meaning) {
      case undefined:
        return true;
      case 'input':
        this.input = agreed(this.input, count);
        return true;
      case 'output':
        this.output = agreed(this.output, count);
        return true;
      case 'total':
        this.total = agreed(this.total, count);
        return true;
      case 'freshInput':
        this.freshInput = agreed(this.freshInput, count);
        return true;
      case 'inputText':
        this.inputText = agreed(this.inputText, count);
        return true;
      case 'outputText':
        this.outputText = agreed(this.outputText, count);
        return true;
      default:
        return count === 0 || meaning === 'ignored';
    }
  }

  /** `textIsRest`: the text of the output is everything but reasoning. */
  usage(textIsRest: boolean): Usage | undefined {
    const { input, output, total } = this;
    if (!isCountOrZero(input) || !isCountOrZero(output)) return undefined;
    if (total !== undefined && total !== input + output) return undefined;
    const { freshInput = input, inputText = input, outputText = output } = this;
    if (freshInput !== input || inputText !== input || outputText !== output) return undefined;
    const tokens = noTokens();
    // Adding 0 turns a -0 into 0.
    tokens.input = input + 0;
    tokens.output = output + 0;
    const usage: Usage = { tokens };
    if (this.inputText !== undefined) usage.splitsInput = true;
    if (this.outputText !== undefined && !textIsRest) usage.splitsOutput = true;
    return usage;
  }
}

/** Facts that are significant even when they are 0: they show how the counts are split. */
const SPLITTING: ReadonlySet<Meaning> = new Set<Meaning>(['freshInput', 'inputText', 'outputText']);

/** NaN, which is not a count, if two statements differ. */
function agreed(before: number | undefined, count: number): number {
  return before === undefined || before === count ? count : Number.NaN;
}

function isCountOrZero(value: number | undefined): value is number {
  return value !== undefined && value >= 0 && value <= MAX_COUNT && Number.isInteger(value);
}

/** The usage on a span: `none` where it has no usage, undefined where it has to be read in full. */
export function readPlainSpan(a: SpanAttributes): Usage | 'none' | undefined {
  if (tellsMore(a)) return undefined;
  const counts = new PlainCounts();
  for (const name in a) {
    const value = a[name];
    if (typeof value === 'number') {
      if (!counts.take(keyOf(name)?.meaning, value)) return undefined;
    } else if (typeof value === 'string' && isOfUsage(name)) return undefined;
  }
  // Claude Code's names have no prefix.
  if (!counts.hasAny) return (a.input_tokens ?? a.output_tokens) === undefined ? 'none' : undefined;
  return counts.usage(a['ai.usage.outputTokenDetails.textTokens'] !== undefined);
}

/** Facts that the counts of a span do not show by themselves. */
function tellsMore(a: SpanAttributes): boolean {
  return (
    (a['gen_ai.usage.cost'] ??
      a['operation.cost'] ??
      a['llm.cost.total'] ??
      a['langfuse.observation.usage_details'] ??
      a['langfuse.observation.cost_details'] ??
      a['gcp.vertex.agent.llm_response'] ??
      a['genkit:output']) !== undefined ||
    (a['ai.usage.promptTokens'] !== undefined && a['ai.usage.inputTokens'] === undefined) ||
    a['gen_ai.system'] === 'gcp.vertex.agent' ||
    (a['openinference.span.kind'] !== undefined && hasCopy(a))
  );
}

function hasCopy(a: SpanAttributes): boolean {
  const output = a['output.value'];
  return a['llm.provider'] === 'aws' || (typeof output === 'string' && hasLangChainWrites(output));
}

function isOfUsage(name: string): boolean {
  const key = keyOf(name);
  return key !== null && key.meaning !== 'ignored';
}

/** The usage in a usage object. Undefined where it has to be read in full. */
export function readPlainRecord(usage: Record<string, unknown>): Usage | undefined {
  const counts = new PlainCounts();
  const names = nameOf('');
  for (const key of keysOf(usage)) {
    const value = usage[key];
    if (value === null || value === undefined) continue;
    const name = names.at(key);
    if (!(typeof value === 'number' ? counts.take(name.meaning, value) : isIdle(value, name)))
      return undefined;
    if (name.isApart) return undefined;
  }
  return counts.usage(isRecord(usage.outputTokenDetails));
}

/** True for details that are all 0 (the place of a count may also be empty), and for a string that is not a count. */
function isIdle(value: unknown, name: Name): boolean {
  if (typeof value === 'string') return name.meaning === 'unknown' || name.meaning === 'ignored';
  // The integers of a protobuf library are counts.
  if (!isRecord(value) || Array.isArray(value) || 'low' in value) return false;
  const keys = keysOf(value);
  if (keys.length === 0) return false;
  for (const key of keys) {
    const count = value[key];
    if (count === null || count === undefined) continue;
    const { meaning, isApart } = name.at(key);
    if (count !== 0 || isApart || SPLITTING.has(meaning)) return false;
  }
  return true;
}

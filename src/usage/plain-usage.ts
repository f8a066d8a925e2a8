/**
 * The usage of most spans: an input count, an output count, and nothing else that bears on them. The full reading gives
 * the same (a law in test/usage) and takes five times as long.
 */
import { MAX_COUNT } from './counts.js';
import { isLangChainJson } from './langchain-json.js';
import { keyOf } from './span-counts.js';
import type { SpanAttributes } from './span-role.js';
import { noTokens, type Usage } from './usage.js';

/** Undefined where the span has to be read in full. */
export function readPlainUsage(a: SpanAttributes): Usage | undefined {
  if (tellsMore(a)) return undefined;
  let input: number | undefined;
  let output: number | undefined;
  let total: number | undefined;
  for (const name in a) {
    const value = a[name];
    if (typeof value === 'number') {
      switch (keyOf(name)?.meaning) {
        case undefined:
        case 'ignored':
          break;
        case 'input':
          input = agreed(input, value);
          break;
        case 'output':
          output = agreed(output, value);
          break;
        case 'total':
          total = agreed(total, value);
          break;
        case 'cacheRead':
        case 'cacheWrite':
        case 'reasoning':
          if (value !== 0) return undefined;
          break;
        default:
          return undefined;
      }
    } else if (typeof value === 'string' && isOfUsage(name)) return undefined;
  }
  if (!isCountOrZero(input) || !isCountOrZero(output)) return undefined;
  if (total !== undefined && total !== input + output) return undefined;
  const tokens = noTokens();
  // Adding 0 turns a -0 into 0.
  tokens.input = input + 0;
  tokens.output = output + 0;
  return { tokens };
}

/** NaN, which is no count, where two statements differ. */
function agreed(before: number | undefined, value: number): number {
  return before === undefined || before === value ? value : Number.NaN;
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
      a['genkit:output'] ??
      a['ai.usage.promptTokens']) !== undefined ||
    a['gen_ai.system'] === 'gcp.vertex.agent' ||
    (a['openinference.span.kind'] !== undefined && hasCopy(a))
  );
}

function hasCopy(a: SpanAttributes): boolean {
  const output = a['output.value'];
  return a['llm.provider'] === 'aws' || (typeof output === 'string' && isLangChainJson(output));
}

function isOfUsage(name: string): boolean {
  const key = keyOf(name);
  return key !== null && key.meaning !== 'ignored';
}

function isCountOrZero(value: number | undefined): value is number {
  return value !== undefined && value >= 0 && value <= MAX_COUNT && Number.isInteger(value);
}

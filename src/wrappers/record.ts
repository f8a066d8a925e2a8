import { trace } from '@opentelemetry/api';
import { unknownOption } from '../action.js';
import type { RecordedModel, RecordedUsage } from '../handles.js';
import { isPostableUsd, picoFromUsd } from '../money.js';
import { activeContext } from '../otel.js';
import { chargeOnChild } from '../pipeline/charge.js';
import { currentRuntime } from '../runtime/current-runtime.js';
import { show } from '../short-text.js';
import { type Amount, Bill } from '../spans/bill.js';
import { recordIn } from '../spans/record-lookup.js';
import { isInDeclaredTask } from '../spans/task.js';
import type { CostKind } from '../totals.js';
import { namesIn } from '../usage/recorded-usage.js';
import { isRecord } from '../validate.js';
import { warnOnce } from '../warnings.js';
import { LlmCall } from './llm-call.js';
import type { RecordCostOptions } from './options.js';

const OPTIONS = Object.keys({ kind: 1, name: 1 } satisfies Record<keyof RecordCostOptions, 1>);
const KINDS: ReadonlySet<unknown> = new Set<CostKind>([
  'llm',
  'tool',
  'compute',
  'storage',
  'network',
  'other',
]);

/**
 * Bills any other cost, such as a vector search, a payment or a unit of compute. The cost is always added to the
 * totals. `costUsd` is from 0 to 1,000,000. Any other amount, an unknown kind or an unknown option is refused and
 * flagged, and makes the totals incomplete. Never throws.
 *
 * @example
 * recordCost(0.25, { kind: 'other', name: 'payment_fee' });
 */
export function recordCost(costUsd: number, options: RecordCostOptions = {}): void {
  const runtime = currentRuntime();
  runtime.guard(() => {
    const { kind, name, mistake } = readOptions(options);
    const ctx = activeContext();
    const parent = recordIn(ctx);
    if (!isInDeclaredTask(parent?.task)) runtime.callsOutside += 1;
    const parentSpan = trace.getSpan(ctx);
    const bill = new Bill(kind, mistake === undefined ? amount(costUsd) : refused(mistake));
    bill.name = name;
    if (bill.pico === undefined) {
      runtime.stats.refusedAmounts += 1;
      warnOnce('a cost given to recordCost is refused', bill.anomaly);
      if (parent?.openCall?.kind === kind) parent.openCall.costRefused();
    } else if (parent?.openCall?.kind === kind && parent.openCall.addCost(bill.pico)) return;
    chargeOnChild(runtime, parent, parentSpan, name, bill);
  });
}

/**
 * Records the usage of an LLM call: of the innermost open `withLlm`, where it replaces the usage of the response, or
 * else of a new call. Usage that is recorded twice in one `withLlm` adds up. Usage without a readable count is reported
 * once. Never throws.
 *
 * @example
 * recordUsage({ model: 'gpt-4o', inputTokens: 1200, outputTokens: 80 });
 */
export function recordUsage(usage: RecordedUsage): void {
  recordCall(usage);
}

/**
 * Records the usage of an LLM call from an object of its provider: the unchanged response, or the usage in it. It is
 * read like the result of a `withLlm`: OpenAI, Anthropic, Gemini, Bedrock, the AI SDK and others. It counts for the
 * innermost open `withLlm`, as with {@link recordUsage}, or else for a new call. A response names its model; with usage
 * alone, name it in `names`. Each call of this function outside a `withLlm` is a call of its own, even for the same
 * response. An object without a readable count is reported once. Never throws.
 *
 * @example
 * const response = await fetch(url, request).then((answer) => answer.json());
 * recordProviderUsage(response);
 * recordProviderUsage(response.usage, { model: 'gpt-4o', provider: 'openai' });
 */
export function recordProviderUsage(usageOrResponse: object, names: RecordedModel = {}): void {
  recordCall(usageOrResponse, names);
}

/** `names`: undefined for usage in our form. */
function recordCall(given: object, names?: RecordedModel): void {
  const runtime = currentRuntime();
  runtime.guard(() => {
    if (recordIn(activeContext())?.openCall?.takeUsage?.(given, names)) return;
    const call = new LlmCall({ ...namesIn(given), ...namesIn(names) });
    call.takeUsage(given, names);
    call.returned(undefined);
  });
}

interface ReadOptions {
  kind: CostKind;
  name: string;
  /** The reason why the cost is refused. */
  mistake?: string;
}

/** Options that cannot be read at all are ignored, and the cost is billed as `other`. */
function readOptions(given: RecordCostOptions): ReadOptions {
  try {
    if (!isRecord(given)) {
      if ((given ?? undefined) !== undefined)
        warnOnce(`options of recordCost must be an object, got ${show(given)}`);
      return { kind: 'other', name: 'other' };
    }
    const mistake = unknownOption(given, OPTIONS);
    const kind: unknown = given.kind ?? 'other';
    // Each option is read once: a getter may return a different value the second time.
    const { name } = given;
    const named = typeof name === 'string' && name !== '' ? name : undefined;
    if (mistake !== undefined) return { kind: 'other', name: named ?? 'other', mistake };
    if (isKind(kind)) return { kind, name: named ?? kind };
    const known = `known are ${[...KINDS].join(', ')}`;
    return { kind: 'other', name: named ?? 'other', mistake: `unknown kind ${show(kind)}; ${known}` };
  } catch {
    return { kind: 'other', name: 'other' };
  }
}

function isKind(value: unknown): value is CostKind {
  return KINDS.has(value);
}

function amount(costUsd: unknown): Amount {
  if (isPostableUsd(costUsd)) {
    return { pico: picoFromUsd(costUsd), source: 'declared', status: costUsd === 0 ? 'free' : undefined };
  }
  return refused(typeof costUsd === 'number' || costUsd === undefined ? `${costUsd}` : `a ${typeof costUsd}`);
}

function refused(why: string): Amount {
  const anomaly = `recorded cost refused: ${why}`;
  return { pico: undefined, status: 'unpriced', reason: 'bad_amount', anomaly };
}

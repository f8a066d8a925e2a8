import type { Attributes } from '@opentelemetry/api';
import { OPERATION_NAME } from '../attributes.js';
import { type Pico, picoFromUsd, usdFromPico } from '../money.js';
import type { CostSplit } from '../pricing/split.js';
import type { SpanAttributes } from '../spans/targets.js';
import type { CostKind } from '../totals.js';

import type { Dialect } from './processor-options.js';

export const DIALECTS: readonly Dialect[] = [
  'gen_ai',
  'openinference',
  'langfuse',
  'logfire',
  'mlflow',
  'otel-draft',
  'none',
];

/** The part of a bill that dialects report. */
export interface OwnCost {
  readonly kind: CostKind;
  /** Undefined when the cost is not known. */
  readonly pico: Pico | undefined;
  readonly source: string | undefined;
  readonly split: CostSplit | undefined;
}

/** `belowPico` is the cost of everything below the span. */
type CostWriter = (into: SpanAttributes, costUsd: number, cost: OwnCost, belowPico: Pico) => void;

const WRITERS: Record<Dialect, CostWriter | undefined> = {
  gen_ai: (into, costUsd) => (into['gen_ai.usage.cost'] = costUsd),
  openinference: (into, costUsd, cost) => {
    into['llm.cost.total'] = costUsd;
    const split = splitWithin(cost);
    if (split === undefined) return;
    into['llm.cost.prompt'] = usdFromPico(split.inputPico);
    into['llm.cost.completion'] = usdFromPico(split.outputPico);
  },
  langfuse: (into, total, cost) => {
    const split = splitWithin(cost);
    // Langfuse uses the total as given. It adds up the parts only when there is no total.
    const details =
      split === undefined
        ? { total }
        : { input: usdFromPico(split.inputPico), output: usdFromPico(split.outputPico), total };
    into['langfuse.observation.cost_details'] = JSON.stringify(details);
  },
  logfire: (into, costUsd) => (into['operation.cost'] = costUsd),
  mlflow: (into, costUsd, cost, belowPico) => {
    const split = belowPico === 0 ? splitWithin(cost) : undefined;
    const parts =
      split === undefined
        ? {}
        : { input_cost: usdFromPico(split.inputPico), output_cost: usdFromPico(split.outputPico) };
    // MLflow adds up a trace from its root, and skips everything below a span with a cost.
    const total = belowPico === 0 ? costUsd : usdFromPico(picoFromUsd(costUsd) + belowPico);
    into['mlflow.llm.cost'] = JSON.stringify({ ...parts, total_cost: total });
  },
  'otel-draft': (into, costUsd, { source }) => {
    into['gen_ai.usage.cost.amount'] = costUsd;
    into['gen_ai.usage.cost.currency'] = 'USD';
    // The draft distinguishes only amounts that came with the response from amounts that were computed here.
    const received = source === 'reported' || source === 'returned';
    into['gen_ai.usage.cost.source'] = received ? 'provider' : 'local';
  },
  none: undefined,
};

/** Dialects that report the cost of input and output separately. */
const SPLITTING: ReadonlySet<Dialect> = new Set(['openinference', 'langfuse', 'mlflow']);

/** The kind of a span in OpenInference, by the operation that this package gives it. Other operations are LLM calls. */
const OPENINFERENCE_KINDS: ReadonlyMap<unknown, string> = new Map([
  [undefined, 'CHAIN'],
  ['invoke_workflow', 'CHAIN'],
  ['agent_step', 'CHAIN'],
  ['invoke_agent', 'AGENT'],
  ['execute_tool', 'TOOL'],
  ['embeddings', 'EMBEDDING'],
  ['rerank', 'RERANKER'],
]);

const NOTHING: OwnCost = { kind: 'llm', pico: 0, source: 'none', split: undefined };

/** The cost of input and output. Undefined if only part of it was billed, because the split would exceed the cost. */
function splitWithin({ split, pico = 0 }: OwnCost): CostSplit | undefined {
  return split !== undefined && split.inputPico + split.outputPico <= pico ? split : undefined;
}

/** The dialects that are written for the requested ones. */
export function writtenDialects(asked: readonly Dialect[]): Dialect[] {
  if (asked.includes('none')) return [];
  const beside = asked.filter((dialect) => dialect !== 'gen_ai');
  // The draft uses `gen_ai.usage.cost` as a namespace, so it cannot also be an attribute.
  return [...new Set(beside.includes('otel-draft') ? beside : (['gen_ai', ...beside] as const))];
}

/** Writes own cost under the attribute names of the chosen dialects. */
export class DialectWriter {
  /** True if a dialect needs the cost of input and output separately. */
  readonly splitsCost: boolean;
  /** True if a dialect needs the cost of everything below a span. */
  readonly writesSubtree: boolean;
  private readonly writesKind: boolean;
  private readonly writers: CostWriter[];

  constructor(dialects: readonly Dialect[]) {
    this.splitsCost = dialects.some((dialect) => SPLITTING.has(dialect));
    this.writesSubtree = dialects.includes('mlflow');
    this.writesKind = dialects.includes('openinference');
    this.writers = dialects.map((dialect) => WRITERS[dialect]).filter((writer) => writer !== undefined);
  }

  /** Adds the kind of a span of this package to the attributes that it starts with. */
  addKind(into: Attributes): Attributes {
    if (this.writesKind)
      into['openinference.span.kind'] = OPENINFERENCE_KINDS.get(into[OPERATION_NAME]) ?? 'LLM';
    return into;
  }

  /**
   * Writes a known cost. Zero is written on LLM spans only, where it keeps a backend from pricing the tokens itself.
   */
  billed(into: SpanAttributes, cost: OwnCost, costUsd: number, belowPico: Pico): void {
    if (costUsd === 0 && cost.kind !== 'llm') return;
    for (const write of this.writers) write(into, costUsd, cost, belowPico);
  }

  /** Writes the cost of an LLM span that is part of another span's bill. */
  notBilled(into: SpanAttributes, belowPico: Pico): void {
    for (const write of this.writers) write(into, 0, NOTHING, belowPico);
  }
}

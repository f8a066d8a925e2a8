import type { CostKind } from '../ledger/account.js';
import { type Pico, usdFromPico } from '../money.js';
import type { CostSplit } from '../pricing/split.js';
import type { AttributeTarget } from '../spans/targets.js';

/**
 * A backend's own names for what a span cost. `gen_ai` is `gen_ai.usage.cost`, which is written unless `otel-draft`
 * takes its place or `none` leaves all of them out; `openinference`, `langfuse` and `logfire` come beside it. See
 * docs/backends.md for which backend reads which.
 */
export type Dialect = 'gen_ai' | 'openinference' | 'langfuse' | 'logfire' | 'otel-draft' | 'none';

export const DIALECTS: readonly Dialect[] = [
  'gen_ai',
  'openinference',
  'langfuse',
  'logfire',
  'otel-draft',
  'none',
];

/** What of a bill the dialects tell. */
export interface OwnCost {
  readonly kind: CostKind;
  /** Undefined when the cost is not known. */
  readonly pico: Pico | undefined;
  readonly source: string;
  readonly split: CostSplit | undefined;
}

type CostWriter = (target: AttributeTarget, costUsd: number, cost: OwnCost) => void;

const WRITERS: Record<Dialect, CostWriter | undefined> = {
  gen_ai: (target, costUsd) => target.setAttribute('gen_ai.usage.cost', costUsd),
  openinference: (target, costUsd, cost) => {
    target.setAttribute('llm.cost.total', costUsd);
    const split = splitWithin(cost);
    if (split === undefined) return;
    target.setAttribute('llm.cost.prompt', usdFromPico(split.inputPico));
    target.setAttribute('llm.cost.completion', usdFromPico(split.outputPico));
  },
  langfuse: (target, total, cost) => {
    const split = splitWithin(cost);
    // Langfuse takes the total as it stands; it adds the parts up only where there is none.
    const details =
      split === undefined
        ? { total }
        : { input: usdFromPico(split.inputPico), output: usdFromPico(split.outputPico), total };
    target.setAttribute('langfuse.observation.cost_details', JSON.stringify(details));
  },
  logfire: (target, costUsd) => target.setAttribute('operation.cost', costUsd),
  'otel-draft': (target, costUsd, { source }) => {
    target.setAttribute('gen_ai.usage.cost.amount', costUsd);
    target.setAttribute('gen_ai.usage.cost.currency', 'USD');
    // The draft tells only whether the amount came with the response or was worked out here.
    const received = source === 'reported' || source === 'returned';
    target.setAttribute('gen_ai.usage.cost.source', received ? 'provider' : 'local');
  },
  none: undefined,
};

/** These show the cost of input and output apart. */
const SPLITTING: ReadonlySet<Dialect> = new Set(['openinference', 'langfuse']);

const NOTHING: OwnCost = { kind: 'llm', pico: 0, source: 'none', split: undefined };

/** The sides of a cost, unless it was billed in part only, so that they are more than what it is now. */
function splitWithin({ split, pico = 0 }: OwnCost): CostSplit | undefined {
  return split !== undefined && split.inputPico + split.outputPico <= pico ? split : undefined;
}

/** The dialects that are written when these are asked for. */
export function writtenDialects(asked: readonly Dialect[]): Dialect[] {
  if (asked.includes('none')) return [];
  const beside = asked.filter((dialect) => dialect !== 'gen_ai');
  // The draft makes a namespace of the scalar's name: never both.
  return [...new Set(beside.includes('otel-draft') ? beside : (['gen_ai', ...beside] as const))];
}

/** Writes own cost under the names that the chosen backends read. */
export class DialectWriter {
  /** Whether the sides of a cost are needed, too. */
  readonly splitsCost: boolean;
  private readonly writers: CostWriter[];

  constructor(dialects: readonly Dialect[]) {
    this.splitsCost = dialects.some((dialect) => SPLITTING.has(dialect));
    this.writers = dialects.map((dialect) => WRITERS[dialect]).filter((writer) => writer !== undefined);
  }

  /** A known cost. Zero is said of LLM spans only: there it keeps a backend from pricing the tokens itself. */
  billed(target: AttributeTarget, cost: OwnCost): void {
    const { kind, pico } = cost;
    if (pico === undefined || (pico === 0 && kind !== 'llm')) return;
    const costUsd = usdFromPico(pico);
    for (const write of this.writers) write(target, costUsd, cost);
  }

  /** An LLM span that another span's bill stands for. */
  notBilled(target: AttributeTarget): void {
    for (const write of this.writers) write(target, 0, NOTHING);
  }
}

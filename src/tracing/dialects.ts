import type { CostKind } from '../ledger/account.js';
import { type Pico, usdFromPico } from '../money.js';

/** Where attributes go: a span, or a stand-in that assigns them past the span's own limits. */
export interface AttributeTarget {
  setAttribute(key: string, value: string | number | boolean | string[]): unknown;
}

/** A backend's own names for what a span cost. See the README for which backend reads which. */
export type Dialect = 'gen_ai' | 'openinference' | 'langfuse' | 'logfire' | 'otel-draft' | 'none';

export const DIALECTS: readonly Dialect[] = [
  'gen_ai',
  'openinference',
  'langfuse',
  'logfire',
  'otel-draft',
  'none',
];

type CostWriter = (target: AttributeTarget, costUsd: number, source: string) => void;

const WRITERS: Record<Dialect, CostWriter | undefined> = {
  gen_ai: (target, costUsd) => target.setAttribute('gen_ai.usage.cost', costUsd),
  openinference: (target, costUsd) => target.setAttribute('llm.cost.total', costUsd),
  langfuse: (target, costUsd) =>
    target.setAttribute('langfuse.observation.cost_details', JSON.stringify({ total: costUsd })),
  logfire: (target, costUsd) => target.setAttribute('operation.cost', costUsd),
  'otel-draft': (target, costUsd, source) => {
    target.setAttribute('gen_ai.usage.cost.amount', costUsd);
    target.setAttribute('gen_ai.usage.cost.currency', 'USD');
    target.setAttribute('gen_ai.usage.cost.source', source);
  },
  none: undefined,
};

/** Writes own cost under the names that the chosen backends read. */
export class DialectWriter {
  private readonly writers: CostWriter[];

  constructor(dialects: readonly Dialect[]) {
    this.writers = dialects.map((dialect) => WRITERS[dialect]).filter((writer) => writer !== undefined);
  }

  /** A known cost. Zero is said of LLM spans only: there it keeps a backend from pricing the tokens itself. */
  billed(target: AttributeTarget, kind: CostKind, pico: Pico, source: string): void {
    if (pico === 0 && kind !== 'llm') return;
    for (const write of this.writers) write(target, usdFromPico(pico), source);
  }

  /** An LLM span that another span's bill stands for. */
  notBilled(target: AttributeTarget, reason: string): void {
    for (const write of this.writers) write(target, 0, reason);
  }
}

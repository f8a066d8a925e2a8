/** The rows of one span's cost: one a token kind, as far as the arithmetic is known. */

import { explainCost } from 'otel-agent-cost/offline';
import type { Leaf } from './leaf.js';

export type PriceOptions = NonNullable<Parameters<typeof explainCost>[1]>;

export interface Part {
  /** The thing that was counted: `input tokens`, `calls`. */
  meter: string;
  /** `token`, `request`, `second`, …. */
  unit: string;
  quantity: number;
  /** Null when unknown. The parts of a span add up to its cost. */
  pico: bigint | null;
  /** USD for one unit, in digits, before the price factor. Null when unknown. */
  listUnitUsd: string | null;
  /** The part of the list price that is paid, in digits. */
  factor: string;
}

/** `explainCost` keeps what it compiled with the options, so there is one object for each factor and model. */
export class CostSplitter {
  readonly #options = new Map<string, PriceOptions>();

  constructor(private readonly own: PriceOptions = {}) {}

  /** At least one part. A span whose amount is not that of tokens × rate, to the pico-dollar, has one. */
  partsOf(leaf: Leaf): Part[] {
    if (leaf.pico === null) return countsOf(leaf);
    return this.#priced(leaf, leaf.pico) ?? [wholeOf(leaf)];
  }

  #priced(leaf: Leaf, pico: bigint): Part[] | undefined {
    const { model, source } = leaf;
    if (leaf.kind !== 'llm' || model === null || source === null) return undefined;
    const atList = explained(leaf, this.own);
    // A factor for a model without a rate would be reported as a mistake.
    if (atList?.pico === undefined) return undefined;
    const cost = factorIn(source) === undefined ? atList : explained(leaf, this.#optionsFor(source, model));
    if (cost === undefined || cost.pico !== pico.toString() || cost.lines.length === 0) return undefined;
    return cost.lines.map((line) => ({
      meter: line.label,
      unit: line.unit,
      quantity: line.quantity,
      pico: BigInt(line.pico),
      listUnitUsd: line.usdPerUnit,
      factor: factorIn(source) ?? '1',
    }));
  }

  /** The factor is known from the source; the app's options are not. */
  #optionsFor(source: string, model: string): PriceOptions {
    const factor = factorIn(source);
    const key = factor === undefined ? '' : `${factor} ${model}`;
    let options = this.#options.get(key);
    if (options === undefined) {
      const factors = factor === undefined ? {} : { priceFactors: { [model]: Number(factor) } };
      options = { ...this.own, ...factors };
      this.#options.set(key, options);
    }
    return options;
  }
}

/** In digits. Undefined without a factor, and for one that is written with an exponent. */
function factorIn(source: string): string | undefined {
  return /;factor=(\d+(?:\.\d+)?)$/.exec(source)?.[1];
}

function explained(leaf: Leaf, options: PriceOptions): ReturnType<typeof explainCost> | undefined {
  const { attributes, scopeName, startMillis } = leaf;
  try {
    return explainCost(
      { attributes, timeMillis: startMillis, ...(scopeName !== '' && { scopeName }) },
      options,
    );
  } catch {
    // The span cannot be read: the split is then unknown.
    return undefined;
  }
}

function wholeOf(leaf: Leaf): Part {
  return {
    meter: meterOf(leaf),
    unit: 'request',
    quantity: 1,
    pico: leaf.pico,
    listUnitUsd: null,
    factor: '1',
  };
}

function meterOf({ kind }: Leaf): string {
  if (kind === 'llm') return 'llm calls';
  return kind === 'tool' ? 'tool calls' : 'calls';
}

/** The counts, where no amount is known. */
function countsOf(leaf: Leaf): Part[] {
  const { tokens } = leaf;
  const counted: [meter: string, quantity: number][] =
    tokens === null
      ? []
      : [
          ['input tokens', Math.max(tokens.input - tokens.cacheRead - tokens.cacheWrite, 0)],
          ['cached input tokens', tokens.cacheRead],
          ['cache write tokens', tokens.cacheWrite],
          ['output tokens', Math.max(tokens.output - tokens.reasoning, 0)],
          ['reasoning tokens', tokens.reasoning],
        ];
  const parts = counted
    .filter(([, quantity]) => quantity > 0)
    .map(
      ([meter, quantity]): Part => ({
        meter,
        unit: 'token',
        quantity,
        pico: null,
        listUnitUsd: null,
        factor: '1',
      }),
    );
  return parts.length > 0 ? parts : [wholeOf(leaf)];
}

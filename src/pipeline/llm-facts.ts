import { isPostableUsd, type Pico, picoFromUsd } from '../money.js';
import type { Identity, Statement } from '../settlement/statement.js';
import type { BillSubject } from '../spans/bill.js';
import { inputTokens, outputTokens, type Usage } from '../usage/usage.js';
import { PACKAGE_NAME } from '../version.js';

/**
 * Everything known about one LLM call when it is billed. It is the statement to settle, the query to the price book and
 * the subject of the bill; one object for all three saves two allocations per call.
 */
export class LlmFacts implements Statement, Identity, BillSubject {
  readonly input: number;
  readonly output: number;
  readonly pico: Pico | undefined;
  provider: string | undefined = undefined;
  /** The model that answered, or else the requested one. */
  model: string | undefined = undefined;
  requestModel: string | undefined = undefined;
  serviceTier: string | undefined = undefined;
  /** When the call started, ms since 1970: prices are dated. */
  timeMillis = 0;
  /** The provider refused the call before the model ran, so it is free. */
  rejected = false;
  of: 'call' | 'sum' = 'call';
  calls = 1;

  constructor(
    readonly usage: Usage | undefined,
    readonly recorder: string,
    /** Ids of the response, or of all steps that it sums up. */
    readonly responseIds: readonly string[],
  ) {
    const { tokens, unsplitTokens = 0, reportedCostUsd } = usage ?? NO_USAGE;
    this.input = tokens === undefined ? 0 : inputTokens(tokens) + unsplitTokens;
    this.output = tokens === undefined ? 0 : outputTokens(tokens);
    this.pico = isPostableUsd(reportedCostUsd) ? picoFromUsd(reportedCostUsd) : undefined;
  }

  get isKnown(): boolean {
    return this.usage !== undefined;
  }

  /** A wrapper of this package sees the call being made. */
  get isWitness(): boolean {
    return this.recorder === PACKAGE_NAME;
  }

  /** The same call with another provider and model. */
  as(provider: string | undefined, model: string | undefined): LlmFacts {
    const facts = new LlmFacts(this.usage, this.recorder, this.responseIds);
    return Object.assign(facts, this, { provider, model });
  }
}

const NO_USAGE: Partial<Usage> = {};

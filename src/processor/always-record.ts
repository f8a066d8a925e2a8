import type { Attributes, Context, Link, SpanKind } from '@opentelemetry/api';
import { InvalidOptionError } from '../errors.js';
import { isRecord } from '../validate.js';

interface SamplingResult {
  /** 0 neither recorded nor sampled, 1 recorded, 2 recorded and sampled. */
  decision: number;
}

/** The part of an SDK's sampler that is used here. A structural type, to be compatible with SDK 2.x and 3.x. */
interface Sampler<Result extends SamplingResult> {
  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): Result;
  toString(): string;
}

const NOT_RECORD = 0;
const RECORD = 1;

/**
 * Records the spans that another sampler drops, without sampling them. No additional span is exported, but the LLM and
 * tool spans of other instrumentations reach the `CostSpanProcessor`, so totals, budgets and metrics count them.
 * Wrappers are counted without it.
 *
 * ```ts
 * sampler: new AlwaysRecordSampler(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.01) }))
 * ```
 */
export class AlwaysRecordSampler<Result extends SamplingResult> implements Sampler<Result> {
  /** Throws `InvalidOptionError` if `root` is not a sampler. */
  constructor(private readonly root: Sampler<Result>) {
    if (!isRecord(root) || typeof root.shouldSample !== 'function') {
      throw new InvalidOptionError('AlwaysRecordSampler root', root, 'a sampler');
    }
  }

  shouldSample(...span: Parameters<Sampler<Result>['shouldSample']>): Result {
    const result = this.root.shouldSample(...span);
    return result.decision === NOT_RECORD ? { ...result, decision: RECORD } : result;
  }

  toString(): string {
    return `AlwaysRecordSampler{${this.root}}`;
  }
}

import { context, SpanKind } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
} from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { AlwaysRecordSampler } from '../../src/sampler.js';
import { inSpan, startTracing } from '../support/tracing.js';

const decide = (root: Sampler) =>
  new AlwaysRecordSampler(root).shouldSample(
    context.active(),
    '1'.repeat(32),
    'span',
    SpanKind.CLIENT,
    {},
    [],
  );

describe('the sampler that always records', () => {
  it('turns only "drop" into "record"', () => {
    expect(decide(new AlwaysOffSampler()).decision).toBe(SamplingDecision.RECORD);
    expect(decide(new AlwaysOnSampler()).decision).toBe(SamplingDecision.RECORD_AND_SAMPLED);
  });

  it('keeps what else was decided', () => {
    const root: Sampler = {
      shouldSample: () => ({ decision: SamplingDecision.NOT_RECORD, attributes: { rule: 'noise' } }),
    };
    expect(decide(root)).toEqual({ decision: SamplingDecision.RECORD, attributes: { rule: 'noise' } });
  });

  it('exports nothing more', () => {
    const sampler = new AlwaysRecordSampler(new ParentBasedSampler({ root: new AlwaysOffSampler() }));
    const { spans } = startTracing({ sampler });
    inSpan('outer', {}, (outer) => {
      expect(outer.isRecording()).toBe(true);
      inSpan('inner', {}, (inner) => expect(inner.isRecording()).toBe(true));
    });
    expect(spans()).toEqual([]);
  });

  it('names the sampler that it wraps', () => {
    expect(`${new AlwaysRecordSampler(new AlwaysOnSampler())}`).toBe('AlwaysRecordSampler{AlwaysOnSampler}');
  });

  it.each([[undefined], [null], ['always_on'], [{}]])('requires a sampler, not %s', (root) => {
    expect(() => Reflect.construct(AlwaysRecordSampler, [root])).toThrow(/must be a sampler/);
  });
});

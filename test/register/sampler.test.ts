import * as sdk from '@opentelemetry/sdk-trace-node';
import { describe, expect, it } from 'vitest';
import { samplerOf } from '../../src/register/sampler.js';

describe('the sampler that the environment names', () => {
  const parentBased = (root: string) =>
    expect.stringMatching(`^ParentBased\\{root=${root.replace(/[{}]/g, '\\$&')}, `);
  it.each([
    [undefined, undefined, parentBased('AlwaysOnSampler')],
    ['', undefined, parentBased('AlwaysOnSampler')],
    ['always_on', undefined, 'AlwaysOnSampler'],
    ['always_off', undefined, 'AlwaysOffSampler'],
    ['parentbased_always_on', undefined, parentBased('AlwaysOnSampler')],
    ['parentbased_always_off', undefined, parentBased('AlwaysOffSampler')],
    ['traceidratio', '0.25', 'TraceIdRatioBased{0.25}'],
    ['traceidratio', undefined, 'TraceIdRatioBased{1}'],
    ['traceidratio', '2', 'TraceIdRatioBased{1}'],
    ['traceidratio', 'all', 'TraceIdRatioBased{1}'],
    ['parentbased_traceidratio', '0.01', parentBased('TraceIdRatioBased{0.01}')],
  ])('%s %s', (name, argument, text) => {
    const env = { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument };
    expect(samplerOf(sdk, env)?.toString()).toEqual(text);
  });

  it('is left to the SDK where it is none', () => {
    expect(samplerOf(sdk, { OTEL_TRACES_SAMPLER: 'jaeger_remote' })).toBeUndefined();
  });
});

import type { Sampler } from '@opentelemetry/sdk-trace-node';

type Samplers = Pick<
  typeof import('@opentelemetry/sdk-trace-node'),
  'AlwaysOffSampler' | 'AlwaysOnSampler' | 'ParentBasedSampler' | 'TraceIdRatioBasedSampler'
>;

/**
 * The sampler that the SDK would create from `OTEL_TRACES_SAMPLER`, to be wrapped. Undefined for values that the
 * SDK rejects and replaces.
 */
export function samplerOf(sdk: Samplers, env: NodeJS.ProcessEnv): Sampler | undefined {
  const parentBased = (root: Sampler) => new sdk.ParentBasedSampler({ root });
  const ratio = () => new sdk.TraceIdRatioBasedSampler(ratioOf(env.OTEL_TRACES_SAMPLER_ARG));
  switch (env.OTEL_TRACES_SAMPLER?.trim() || 'parentbased_always_on') {
    case 'always_on':
      return new sdk.AlwaysOnSampler();
    case 'always_off':
      return new sdk.AlwaysOffSampler();
    case 'traceidratio':
      return ratio();
    case 'parentbased_always_on':
      return parentBased(new sdk.AlwaysOnSampler());
    case 'parentbased_always_off':
      return parentBased(new sdk.AlwaysOffSampler());
    case 'parentbased_traceidratio':
      return parentBased(ratio());
    default:
      return undefined;
  }
}

/** From 0 to 1; the standard's default 1 for anything else. */
function ratioOf(text: string | undefined): number {
  const ratio = text === undefined || text.trim() === '' ? 1 : Number(text);
  return ratio >= 0 && ratio <= 1 ? ratio : 1;
}

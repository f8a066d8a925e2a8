/** The same work under samplers that drop all of it, and half of the traces: totals must not change. */
import {
  AlwaysOffSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { runWork } from '../support/run-work.mjs';

const SHARE = 20;
const SAMPLERS = {
  off: () => new AlwaysOffSampler(),
  ratio: () => new TraceIdRatioBasedSampler(0.5),
  'parent, ratio': () => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.5) }),
};

export async function* run(lib, { scenario, seeds }) {
  for (let seed = seeds.from; seed <= seeds.to; seed += SHARE) {
    for (const [name, sampler] of Object.entries(SAMPLERS)) {
      const place = { scenario, trace: `${seed}, ${name}` };
      yield* await runWork(lib, place, seed, { sdk: { sampler: sampler() }, metrics: true });
    }
  }
}

/** Wrappers without an OpenTelemetry SDK: what the handles and summaries say. */
import { runWork } from '../support/run-work.mjs';

/** A part of the seeds: what is done is that of random-wrappers. */
const SHARE = 10;

export async function* run(lib, { scenario, seeds }) {
  for (let seed = seeds.from; seed <= seeds.to; seed += SHARE) {
    yield* await runWork(lib, { scenario, trace: seed }, seed, { none: true });
  }
}

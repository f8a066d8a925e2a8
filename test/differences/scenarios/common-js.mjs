/** The build as an app of CommonJS has it: loaded with `require` alone. */
import { runWork } from '../support/run-work.mjs';

export const loads = 'require';

const SHARE = 50;

export async function* run(lib, { scenario, seeds }) {
  for (let seed = seeds.from; seed <= seeds.to; seed += SHARE) {
    yield* await runWork(lib, { scenario, trace: seed }, seed);
  }
}

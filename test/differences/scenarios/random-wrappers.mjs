/** Random work in wrappers with other instrumentations' spans among them, in random order of what goes on when. */
import { runWork } from '../support/run-work.mjs';

export async function* run(lib, { scenario, seeds }) {
  for (let seed = seeds.from; seed <= seeds.to; seed++) {
    yield* await runWork(lib, { scenario, trace: seed }, seed, { metrics: seed % 23 === 0 });
  }
}

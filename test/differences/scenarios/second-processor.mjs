/** A second processor beside the first, the same one listed twice, and one that comes after the exporting one. */
import { runWork } from '../support/run-work.mjs';

const SHARE = 50;

export async function* run(lib, { scenario, seeds }) {
  const other = new Map();
  const lists = {
    'another one after it': (cost, recorder) => [cost, another(), recorder],
    'another one before it': (cost, recorder) => [another(), cost, recorder],
    'listed twice': (cost, recorder) => [cost, cost, recorder],
    'after the exporter': (cost, recorder) => [recorder, cost],
  };
  function another() {
    const processor = new lib.CostSpanProcessor({ tools: { search: { costUsd: 5 } } });
    other.set('last', processor);
    return processor;
  }
  for (let seed = seeds.from; seed <= seeds.to; seed += SHARE) {
    for (const [name, processors] of Object.entries(lists)) {
      const place = { scenario, trace: `${seed}, ${name}` };
      yield* await runWork(lib, place, seed, { processors });
      await other.get('last')?.shutdown();
    }
  }
}

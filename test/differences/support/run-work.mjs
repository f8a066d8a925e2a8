/** One seed's random work as a trace. */
import { randomOf, scheduler } from './random.mjs';
import { clock, startTrace } from './recorder.mjs';
import { worker } from './work.mjs';
import { planWork } from './work-plan.mjs';

const COST = { tools: { search: { costUsd: 0.005 }, paid: { billable: true } } };

/**
 * @param {any} lib @param {{ scenario: string, trace: number | string }} place @param {number} seed
 * @param {import('./recorder.mjs').TraceOptions} [options]
 */
export async function runWork(lib, place, seed, options = {}) {
  const cost = {
    ...COST,
    ...(seed % 7 === 0 && { budgets: { session: { usd: 0.02, mode: 'observe' } } }),
  };
  const started = startTrace(lib, place, { ...options, cost });
  const schedule = scheduler(seed, clock.tick);
  const work = worker(lib, started, schedule);
  let isDone = false;
  const all = Promise.all(planWork(randomOf(seed), `seed ${seed}`).map((node) => work.run(node)));
  void all.then(() => {
    isDone = true;
  });
  await schedule.run();
  work.finish();
  if (!isDone) started.add('outcome', 'all', { stuck: true });
  return await started.rows();
}

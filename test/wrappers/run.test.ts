import { describe, expect, it } from 'vitest';
import { Bill } from '../../src/spans/bill.js';
import { Run } from '../../src/spans/run.js';

function nested(depth: number): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < depth; at++) runs.push(new Run(runs.at(-1)));
  return runs;
}

function aCall(): Bill {
  const bill = new Bill('llm', { pico: 5, source: 'declared' });
  bill.llmCalls = 1;
  return bill;
}

describe('a run inside other runs', () => {
  it('tells them of its calls', () => {
    const runs = nested(3);
    runs.at(-1)?.tell(aCall());
    for (const { told } of runs) expect(told).toMatchObject({ calls: 1, llmPico: 5 });
  });

  it('does not hold on to more than some of them, however deep they nest', () => {
    const runs = nested(1000);
    runs.at(-1)?.tell(aCall());
    const told = runs.filter((run) => run.told.calls > 0);
    expect(told.length).toBeGreaterThanOrEqual(1);
    expect(told.length).toBeLessThanOrEqual(16);
  });

  it('settles what is owed with the first call, and not with other cost', () => {
    const [run] = nested(1);
    let settled = 0;
    if (run !== undefined) run.whenTold = () => settled++;
    run?.tell(new Bill('llm', { pico: 5, source: 'declared' }));
    expect(settled).toBe(0);
    run?.tell(aCall());
    run?.tell(aCall());
    expect(settled).toBe(1);
  });
});

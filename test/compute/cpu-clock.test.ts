import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CpuClock, type CpuShare } from '../../src/compute/cpu-clock.js';

describe('the CPU clock', () => {
  it('gives a call alone all that the process used', () => {
    let micros = 5_000_000;
    const call = new CpuClock(() => micros).begin();
    micros += 2_000_000;
    expect(call.end()).toBe(2);
    micros += 2_000_000;
    expect(call.end()).toBe(2);
  });

  it('shares out equally what is used while several are open', () => {
    let micros = 0;
    const clock = new CpuClock(() => micros);
    const first = clock.begin();
    micros = 1_000_000;
    const second = clock.begin();
    micros = 5_000_000;
    expect(first.end()).toBe(3);
    micros = 6_000_000;
    expect(second.end()).toBe(3);
  });

  it('gives all together what the process used while one was open, in any order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ micros: fc.nat(1e9), end: fc.nat(4) }), { maxLength: 60 }),
        (moments) => {
          let micros = 0;
          let due = 0;
          let given = 0;
          const clock = new CpuClock(() => micros);
          const open: CpuShare[] = [];
          for (const { micros: used, end } of moments) {
            micros += used;
            if (open.length > 0) due += used;
            const [ended] = open.splice(end, 1);
            if (ended === undefined) open.push(clock.begin());
            else given += ended.end();
          }
          for (const share of open) given += share.end();
          expect(given).toBeCloseTo(due / 1e6, 6);
        },
      ),
    );
  });

  it('never gives less than nothing', () => {
    let micros = 10;
    const call = new CpuClock(() => micros).begin();
    micros = 0;
    expect(call.end()).toBe(0);
  });
});

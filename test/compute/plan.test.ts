import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPlan, usedBy } from '../../src/compute/plan.js';

const plan = (options: object) => checkPlan('options', { name: 'n', ...options });

describe('what is billed for a call', () => {
  it('by wall time is what was reserved, for as long as it took', () => {
    const rates = { vcpuHourUsd: 1, gpuSecondUsd: 1, gibHourUsd: 1, platformUnitUsd: 1 };
    expect(usedBy(plan({ rates, vcpus: 2, gpus: 4, memoryGib: 8 }), 1800, undefined)).toEqual({
      amounts: { vcpuHours: 1, gpuSeconds: 7200, gibHours: 4, platformUnits: 1 },
      seconds: 1800,
    });
  });

  it('is one vCPU by default, and nothing that has no rate', () => {
    expect(usedBy(plan({ rates: { vcpuHourUsd: 1 } }), 3600, undefined).amounts).toEqual({
      vcpuHours: 1,
      gpuSeconds: 0,
      gibHours: 0,
      platformUnits: 0,
    });
  });

  it('is at least the reserved minimum of time', () => {
    const atLeast = plan({ rates: { gpuSecondUsd: 1 }, minSeconds: 60 });
    expect(usedBy(atLeast, 2, undefined)).toMatchObject({ amounts: { gpuSeconds: 60 }, seconds: 60 });
    expect(usedBy(atLeast, 90, undefined)).toMatchObject({ amounts: { gpuSeconds: 90 }, seconds: 90 });
  });

  it('by measured CPU is what was used, or the reserved minimum where that is more', () => {
    const rates = { vcpuHourUsd: 1 };
    const used = (options: object, wall: number, cpu: number) =>
      usedBy(plan({ rates, measure: 'cpu', ...options }), wall, cpu).seconds;
    expect(used({}, 100, 7)).toBe(7);
    expect(used({ vcpus: 0.25 }, 100, 7)).toBe(25);
    expect(used({ vcpus: 0.25 }, 100, 70)).toBe(70);
  });

  it('never is less for more time', () => {
    const seconds = fc.double({ min: 0, max: 1e6, noNaN: true });
    const options = plan({ rates: { vcpuHourUsd: 1 }, measure: 'cpu', vcpus: 0.5, minSeconds: 10 });
    fc.assert(
      fc.property(seconds, seconds, seconds, (wall, more, cpu) => {
        const before = usedBy(options, wall, cpu).amounts.vcpuHours ?? 0;
        expect(usedBy(options, wall + more, cpu).amounts.vcpuHours).toBeGreaterThanOrEqual(before);
      }),
    );
  });
});

describe('options of compute', () => {
  const rates = { vcpuHourUsd: 1 };

  it.each([
    [{ rates, name: '' }, /"options.name" must be a non-empty string/],
    [{ rates, measure: 'gpu' }, /"options.measure" must be "wall" or "cpu"/],
    [{ rates: { gpuSecondUsd: 1 }, measure: 'cpu' }, /"options.rates.vcpuHourUsd" must be given/],
    [{ rates, gpus: 2 }, /"options.gpus" must be left out: it has no rate/],
    [{ rates: { gibHourUsd: 1 } }, /"options.memoryGib" must be a number/],
    [{ rates, vcpus: Number.NaN }, /"options.vcpus" must be a number from 0/],
    [{ rates, minSeconds: -1 }, /"options.minSeconds" must be a number from 0/],
    [{ rates, vcpu: 1 }, /unknown option "options.vcpu"/],
  ])('%j are refused', (options, message) => {
    expect(() => plan(options)).toThrow(message);
  });
});

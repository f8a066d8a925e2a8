/** The app's options for billing one kind of work by the compute it uses, checked. */

import { InvalidOptionError } from '../errors.js';
import { expectKnownKeys, expectNumber, expectRecord, expectString } from '../validate.js';
import { type ComputeAmounts, type ComputeRates, checkRates } from './rates.js';

/** Options of `withCompute` and `wrapCompute`. Reserved amounts are from 0 to 1,000,000. */
export interface ComputeOptions {
  /** A low-cardinality name: the span is `compute {name}`. */
  name: string;
  /** USD for a unit of each. */
  rates: ComputeRates;
  /**
   * How vCPU-hours are measured. `wall`: `vcpus` for the time from start to end. `cpu`: the CPU time that the
   * process used meanwhile, in all threads. While several such calls are open, it is shared equally among them, so
   * no second is billed twice. GPUs and memory are always billed by wall time. Default `wall`.
   */
  measure?: 'wall' | 'cpu' | undefined;
  /**
   * vCPUs reserved. With measured CPU time: the minimum that is billed. From 0; default 1, with measured CPU time
   * 0.
   */
  vcpus?: number | undefined;
  /** GPUs reserved. Default 1 if there is a GPU rate. */
  gpus?: number | undefined;
  /** Memory reserved, in GiB. Required if there is a memory rate. */
  memoryGib?: number | undefined;
  /** Platform units of one call. Default 1 if there is a rate for them. */
  platformUnits?: number | undefined;
  /** The minimum wall time that is billed, in seconds. Default 0. */
  minSeconds?: number | undefined;
}

/** Options with every default filled in. */
export interface ComputePlan {
  readonly name: string;
  readonly rates: ComputeRates;
  readonly measuresCpu: boolean;
  readonly vcpus: number;
  readonly gpus: number;
  readonly memoryGib: number;
  readonly platformUnits: number;
  readonly minSeconds: number;
}

/** The amounts billed for one call. */
export interface ComputeUse {
  readonly amounts: ComputeAmounts;
  /** Wall time, or measured CPU time, not multiplied by the reserved amounts. */
  readonly seconds: number;
}

const KNOWN = [
  'name',
  'rates',
  'measure',
  'vcpus',
  'gpus',
  'memoryGib',
  'platformUnits',
  'minSeconds',
] as const satisfies readonly (keyof ComputeOptions)[];

/** More than any machine or platform has. A larger value is a mistake in the unit. */
const MAX_RESERVED = 1e6;
const MAX_PLATFORM_UNITS = 1e12;
const SECONDS_PER_HOUR = 3600;
/** A minimum of more than a month is a mistake in the unit. */
const MAX_MIN_SECONDS = 31 * 24 * SECONDS_PER_HOUR;

/** Throws {@link InvalidOptionError}. */
export function checkPlan(path: string, value: unknown): ComputePlan {
  const given = expectRecord(path, value);
  expectKnownKeys(path, given, KNOWN);
  const rates = checkRates(`${path}.rates`, given.rates);
  const measuresCpu = readMeasure(`${path}.measure`, given.measure) === 'cpu';
  /** `rate` is the rate for this amount. An amount without a rate is a mistake. */
  const reserved = (key: keyof ComputeOptions, rate: number | undefined, byDefault: number): number => {
    if (given[key] === undefined) return rate === undefined ? 0 : byDefault;
    if (rate === undefined)
      throw new InvalidOptionError(`${path}.${key}`, given[key], 'left out: it has no rate');
    return expectNumber(
      `${path}.${key}`,
      given[key],
      0,
      key === 'platformUnits' ? MAX_PLATFORM_UNITS : MAX_RESERVED,
    );
  };
  if (measuresCpu && rates.vcpuHourUsd === undefined)
    throw new InvalidOptionError(`${path}.rates.vcpuHourUsd`, undefined, 'given where CPU time is measured');
  if (rates.gibHourUsd !== undefined) expectNumber(`${path}.memoryGib`, given.memoryGib, 0, MAX_RESERVED);
  return {
    name: expectString(`${path}.name`, given.name),
    rates,
    measuresCpu,
    vcpus: reserved('vcpus', rates.vcpuHourUsd, measuresCpu ? 0 : 1),
    gpus: reserved('gpus', rates.gpuSecondUsd, 1),
    memoryGib: reserved('memoryGib', rates.gibHourUsd, 0),
    platformUnits: reserved('platformUnits', rates.platformUnitUsd, 1),
    minSeconds:
      given.minSeconds === undefined
        ? 0
        : expectNumber(`${path}.minSeconds`, given.minSeconds, 0, MAX_MIN_SECONDS),
  };
}

function readMeasure(option: string, value: unknown): 'wall' | 'cpu' {
  if (value === undefined || value === 'wall') return 'wall';
  if (value === 'cpu') return 'cpu';
  throw new InvalidOptionError(option, value, '"wall" or "cpu"');
}

/** The amounts billed for a call of this duration. `cpuSeconds` is the measured CPU time, if any. */
export function usedBy(plan: ComputePlan, wallSeconds: number, cpuSeconds: number | undefined): ComputeUse {
  const seconds = Math.max(wallSeconds, plan.minSeconds);
  const vcpuSeconds = Math.max(cpuSeconds ?? 0, plan.vcpus * seconds);
  return {
    amounts: {
      vcpuHours: vcpuSeconds / SECONDS_PER_HOUR,
      gpuSeconds: plan.gpus * seconds,
      gibHours: (plan.memoryGib * seconds) / SECONDS_PER_HOUR,
      platformUnits: plan.platformUnits,
    },
    seconds: plan.measuresCpu ? vcpuSeconds : seconds,
  };
}

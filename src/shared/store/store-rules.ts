/** Bounds that every store keeps, and checks of the requests that it gets. */
import { InvalidOptionError } from '../../errors.js';
import type {
  StoreAmounts,
  StoreAsk,
  StoreBatch,
  StoreLease,
  StoreMeasure,
  StoreOutcome,
  StoreRow,
} from './store.js';

/** In the order in which a store lists them. */
export const MEASURES: readonly StoreMeasure[] = [
  'usd',
  'llmUsd',
  'toolUsd',
  'tokens',
  'llmCalls',
  'toolCalls',
  'steps',
];

/** The outcomes of a request for room, as a store with an open generation has them. */
export const OUTCOMES: readonly StoreOutcome[] = [
  'admitted',
  'alone',
  'reached',
  'too_large',
  'no_room',
  'overflow',
  'ended',
];

/** The largest amount of a store: that of a signed 64-bit integer. In pico-dollars, $9,223,372. */
export const MAX_AMOUNT = 2n ** 63n - 1n;

/** Entries with an expired lease that one request ends in each period, so that no request takes long. */
export const MAX_RECLAIMED = 16;

/** How long an amount that is booked in place of an unknown cost can still be released. */
export const KEPT_MILLIS = 7 * 86_400_000;

/**
 * How long the id of an ended reservation is refused. Longer than a request is on its way; and not longer, because at a
 * thousand calls a second these ids are most of a store's memory.
 */
export const ENDED_MILLIS = 120_000;

/** How long the version of a writer that does not write any more is remembered. */
export const WRITER_MILLIS = 48 * 3_600_000;

export type HolderClass = 'money' | 'tokens';

/** The class of holders that a measure belongs to. Calls and steps have none: each uses exactly one. */
export function classOf(measure: StoreMeasure): HolderClass | undefined {
  if (measure === 'tokens') return 'tokens';
  return measure === 'usd' || measure === 'llmUsd' || measure === 'toolUsd' ? 'money' : undefined;
}

/** A thousand years: its sum with a time is exact to the ms. */
const MAX_MILLIS = 1000 * 366 * 86_400_000;

const WHOLE = /^(?:0|[1-9]\d*)$/;
const SIGNED = /^(?:0|-?[1-9]\d*)$/;
const ID = /^[\w.-]{1,64}$/;

/** Settled amounts may be negative. */
export function isWholeAmount(value: unknown): value is string {
  return typeof value === 'string' && SIGNED.test(value);
}

/** Throws an {@link InvalidOptionError} for a request that would break the exact sums of the store. */
export function checkAsk(ask: StoreAsk): void {
  checkId('id', ask.id);
  expectPositive('leaseMillis', ask.leaseMillis);
  checkPeriods(ask.periods);
  for (const { limits } of ask.periods) {
    for (const { measure, most, need, firm } of limits) {
      expectMeasure('measure', measure);
      for (const [key, amount] of Object.entries({ most, need, firm })) expectAmount(key, amount, WHOLE);
    }
  }
  checkAmounts('amounts', ask.amounts, WHOLE);
  for (const id of ask.around) checkId('around', id);
}

export function checkBatch({ version, settlements }: StoreBatch): void {
  expectVersion(version);
  for (const { id, periods, amounts = {}, kept = {} } of settlements) {
    if (id !== undefined) checkId('id', id);
    checkPeriods(periods);
    checkAmounts('amounts', amounts, SIGNED);
    checkAmounts('kept', kept, WHOLE);
  }
}

export function checkLease({ id, leaseMillis, periods }: StoreLease): void {
  checkId('id', id);
  expectPositive('leaseMillis', leaseMillis);
  checkPeriods(periods);
}

export function checkRow({ version, keepMillis }: StoreRow): void {
  expectVersion(version);
  expectPositive('keepMillis', keepMillis);
}

function checkPeriods(periods: StoreLease['periods']): void {
  const names = new Set(periods.map(({ name }) => name));
  if (names.size === 0 || names.size < periods.length) {
    throw new InvalidOptionError('periods', [...names], 'one or more different periods');
  }
  for (const { keepMillis } of periods) {
    if (keepMillis !== undefined) expectPositive('keepMillis', keepMillis);
  }
}

function checkAmounts(option: string, amounts: StoreAmounts, form: RegExp): void {
  for (const [measure, amount] of Object.entries(amounts)) {
    if (amount === undefined) continue;
    expectMeasure(option, measure);
    expectAmount(`${option}.${measure}`, amount, form);
  }
}

function expectMeasure(option: string, measure: string): void {
  if (MEASURES.some((known) => known === measure)) return;
  throw new InvalidOptionError(option, measure, `one of ${MEASURES.join(', ')}`);
}

function expectAmount(option: string, amount: unknown, form: RegExp): void {
  if (typeof amount === 'string' && form.test(amount)) return;
  throw new InvalidOptionError(option, amount, 'a whole number in decimal notation');
}

function checkId(option: string, id: unknown): void {
  if (typeof id === 'string' && ID.test(id)) return;
  throw new InvalidOptionError(option, id, '1 to 64 characters of A-Z a-z 0-9 - _ .');
}

function expectPositive(option: string, millis: unknown): void {
  if (typeof millis === 'number' && millis > 0 && millis <= MAX_MILLIS) return;
  throw new InvalidOptionError(option, millis, `a number of ms above 0, up to ${MAX_MILLIS}`);
}

function expectVersion(version: unknown): void {
  if (Number.isSafeInteger(version) && Number(version) > 0) return;
  throw new InvalidOptionError('version', version, 'a whole number from 1');
}

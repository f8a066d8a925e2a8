/** The option `shared` of a budget. */
import { type BudgetMeasure, InvalidOptionError } from '../errors.js';
import { expectKnownKeys, expectRecord } from '../validate.js';
import type { OnStoreDown } from './budget-options.js';
import { toUnits } from './measures.js';
import type { Units } from './units.js';

/** The settings of a budget that processes share. */
export interface SharedTerms {
  /** In pico-dollars. Undefined: each call is reserved in the store. */
  readonly slice: Units | undefined;
  /** Undefined: the default of `shareCosts`. */
  readonly onStoreDown: OnStoreDown | undefined;
}

const ON_STORE_DOWN: readonly OnStoreDown[] = ['refuse', 'allow', 'local'];

interface Limited {
  readonly measure: BudgetMeasure;
}

const MAX_SLICE_USD = 1_000_000;
const PLAIN: SharedTerms = { slice: undefined, onStoreDown: undefined };

/** Undefined when the budget is not shared. Throws {@link InvalidOptionError}. */
export function readShared(
  option: string,
  value: unknown,
  limits: readonly Limited[],
  isSharable: boolean,
): SharedTerms | undefined {
  if (value === undefined || value === false) return undefined;
  if (!isSharable) {
    const line =
      'only budgets of sessions and of attribution keys can be shared, because other processes do not know the rest';
    throw new InvalidOptionError(option, value, '', `option "${option}" is refused: ${line}`);
  }
  const counted = limits.filter(({ measure }) => measure !== 'wallMillis');
  if (counted.length === 0) {
    throw new InvalidOptionError(
      option,
      value,
      'left out: wallMillis is measured in each process by itself, and there is no other limit',
    );
  }
  if (value === true) return PLAIN;
  const given = expectRecord(option, value, 'true, false, or an object with sliceUsd, onStoreDown');
  expectKnownKeys(option, given, ['sliceUsd', 'onStoreDown']);
  const { sliceUsd, onStoreDown } = given;
  return {
    slice: sliceUsd === undefined ? undefined : readSlice(`${option}.sliceUsd`, sliceUsd, counted),
    onStoreDown:
      onStoreDown === undefined ? undefined : readOnStoreDown(`${option}.onStoreDown`, onStoreDown),
  };
}

/** Throws {@link InvalidOptionError}. */
export function readOnStoreDown(option: string, value: unknown): OnStoreDown {
  const found = ON_STORE_DOWN.find((policy) => policy === value);
  if (found === undefined) throw new InvalidOptionError(option, value, `one of ${ON_STORE_DOWN.join(', ')}`);
  return found;
}

function readSlice(option: string, value: unknown, counted: readonly Limited[]): Units {
  const isInRange = typeof value === 'number' && value > 0 && value <= MAX_SLICE_USD;
  const slice = isInRange ? toUnits('usd', value) : 0;
  if (slice <= 0) throw new InvalidOptionError(option, value, `a number above 0, up to ${MAX_SLICE_USD}`);
  // A slice holds dollars only, so other limits would be checked in each process by itself.
  const other = counted.find(({ measure }) => measure !== 'usd');
  if (other !== undefined) {
    throw new InvalidOptionError(
      option,
      value,
      `left out beside a limit on ${other.measure}: slices are for usd`,
    );
  }
  return slice;
}

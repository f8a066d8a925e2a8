import type { BudgetMeasure } from '../errors.js';
import { ALL_MEASURES, type BudgetOptions, type BudgetTerms, readTerms } from '../ledger/budget-options.js';
import type { PriceOptions } from '../pricing/price-book.js';
import { type ToolPrices, validateToolPrices } from '../pricing/tool-prices.js';
import { ATTRIBUTION_KEYS, attributionAttribute, CONTRACT_ATTRIBUTION } from '../spans/attribution.js';
import {
  expectFunction,
  expectKnownKeys,
  expectNumber,
  expectRecord,
  expectString,
  formerOption,
  InvalidOptionError,
} from '../validate.js';
import { DIALECTS, type Dialect, writtenDialects } from './dialects.js';
import type { TaskSummary } from './summary.js';

/** Options of the processor and of the runtime behind the wrappers. All are optional. */
export interface CostOptions extends PriceOptions {
  /** Prices of tools by name, for wrappers that declare none and for `execute_tool` other instrumentations' spans. */
  tools?: ToolPrices;
  /**
   * Names under which backends read own cost, beside `cost_usd`. `gen_ai` is always among them, unless `otel-draft`
   * takes its place or `none`, which stands alone, leaves out all. Default `gen_ai`.
   */
  dialects?: Dialect | readonly Dialect[];
  /** Attribution keys beside the built-in ones, each written as `cost.<key>`. At most 32. */
  attributionKeys?: readonly string[];
  /**
   * Attribution keys that travel to other processes as W3C baggage, and are read from it where a request comes in: true
   * for all. Baggage goes out with every request that is instrumented, to model providers too, and what comes in is
   * taken at its word: name keys with no secret in them, and strip baggage where outsiders come in. Default: none.
   */
  baggageAttribution?: boolean | readonly string[];
  /**
   * Attribution keys, built-in or declared, that metrics carry as labels too, like `team`. Not `user`: each user would be
   * a series of its own. Default none.
   */
  metricAttributes?: readonly string[];
  /** Further attribute names to read a session id from, on other instrumentations' spans. At most 16. */
  sessionIdKeys?: readonly string[];
  /** Sessions kept by id, from 1 to 1,000,000. Default 10,000; the least recently used idle one goes first. */
  maxSessions?: number;
  /**
   * Budgets by attribution key (`user`, `team`, …, and declared ones), and by `session`: each value of the key has its
   * own, over all tasks of this process. Steps and time are limited for sessions only. 10,000 values of a key are kept;
   * the least recently used idle one goes first.
   */
  budgets?: Record<string, BudgetOptions>;
  /** Told about every task that ends. What it throws is caught. */
  onTaskEnd?: (summary: TaskSummary) => void;
}

const KNOWN = [
  'tools',
  'dialects',
  'attributionKeys',
  'metricAttributes',
  'baggageAttribution',
  'sessionIdKeys',
  'maxSessions',
  'budgets',
  'onTaskEnd',
  'overrides',
  'aliases',
  'providerAliases',
  'priceFactors',
] as const satisfies readonly (keyof CostOptions)[];

/** Names that budgets of their own go by, so that a declared key of that name has none. */
const SCOPES_WITH_BUDGETS: ReadonlySet<string> = new Set(['call', 'agent', 'task']);

/** What is charged to somebody over many tasks has no turns and no time of its own. */
const ATTRIBUTED_MEASURES: readonly BudgetMeasure[] = ALL_MEASURES.filter(
  (measure) => measure !== 'steps' && measure !== 'wallMillis',
);

const MAX_ATTRIBUTION_KEYS = 32;
const MAX_SESSION_ID_KEYS = 16;
const MAX_SESSIONS = 1_000_000;

/** Options in the form that the runtime uses. */
export interface ResolvedOptions {
  prices: PriceOptions;
  tools: ToolPrices;
  dialects: readonly Dialect[];
  attributionKeys: readonly string[];
  /** Attribution keys that travel. */
  baggageKeys: readonly string[];
  /** As attribute names. */
  metricAttributes: readonly string[];
  sessionIdKeys: readonly string[];
  maxSessions: number | undefined;
  budgets: ReadonlyMap<string, BudgetTerms>;
  onTaskEnd: ((summary: TaskSummary) => void) | undefined;
}

/** Checks options; throws {@link InvalidOptionError}. Prices are checked by the price book itself. */
export function resolveOptions(options: CostOptions = {}, path = ''): ResolvedOptions {
  expectRecord(path || 'options', options);
  const given: Record<string, unknown> = { ...options };
  if (given.discounts !== undefined) {
    const line = 'give the part of the price that you pay: priceFactors: { openai: 0.9 } for 10 % off';
    throw formerOption('discounts', given.discounts, line);
  }
  expectKnownKeys(path, given, KNOWN);
  const at = (key: string) => (path === '' ? key : `${path}.${key}`);
  if (options.onTaskEnd !== undefined) expectFunction(at('onTaskEnd'), options.onTaskEnd);
  const { overrides, aliases, providerAliases, priceFactors } = options;
  return {
    prices: {
      ...(overrides !== undefined && { overrides }),
      ...(aliases !== undefined && { aliases }),
      ...(providerAliases !== undefined && { providerAliases }),
      ...(priceFactors !== undefined && { priceFactors }),
    },
    tools: options.tools === undefined ? {} : validateToolPrices(at('tools'), options.tools),
    dialects: resolveDialects(at('dialects'), options.dialects),
    attributionKeys: resolveAttributionKeys(at('attributionKeys'), options.attributionKeys),
    baggageKeys: resolveBaggageKeys(at('baggageAttribution'), options),
    metricAttributes: resolveMetricAttributes(
      at('metricAttributes'),
      options.metricAttributes,
      options.attributionKeys ?? [],
    ),
    sessionIdKeys: resolveStrings(at('sessionIdKeys'), options.sessionIdKeys, MAX_SESSION_ID_KEYS),
    maxSessions:
      options.maxSessions === undefined ? undefined : wholeNumber(at('maxSessions'), options.maxSessions),
    budgets: resolveBudgets(at('budgets'), options.budgets, options.attributionKeys ?? []),
    onTaskEnd: options.onTaskEnd,
  };
}

function resolveDialects(option: string, value: CostOptions['dialects']): readonly Dialect[] {
  if (value === undefined) return writtenDialects([]);
  const dialects = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(dialects))
    throw new InvalidOptionError(option, value, `one or a list of ${DIALECTS.join(', ')}`);
  for (const dialect of dialects) {
    if (!DIALECTS.includes(dialect))
      throw new InvalidOptionError(option, dialect, `one of ${DIALECTS.join(', ')}`);
  }
  if (dialects.includes('gen_ai') && dialects.includes('otel-draft')) {
    throw new InvalidOptionError(
      option,
      value,
      'either gen_ai or otel-draft: one is the prefix of the other',
    );
  }
  if (dialects.includes('none') && dialects.length > 1) {
    throw new InvalidOptionError(option, value, 'either none or the names to write');
  }
  return writtenDialects(dialects);
}

function resolveBudgets(
  option: string,
  value: CostOptions['budgets'],
  declaredKeys: readonly string[],
): ReadonlyMap<string, BudgetTerms> {
  const budgets = new Map<string, BudgetTerms>();
  if (value === undefined) return budgets;
  const given = expectRecord(option, value);
  const declared = declaredKeys.filter((key) => !SCOPES_WITH_BUDGETS.has(key));
  expectKnownKeys(option, given, ['session', ...ATTRIBUTION_KEYS, ...declared]);
  for (const [key, terms] of Object.entries(given)) {
    const measures = key === 'session' ? ALL_MEASURES : ATTRIBUTED_MEASURES;
    budgets.set(key, readTerms(`${option}.${key}`, terms, measures));
  }
  return budgets;
}

function resolveAttributionKeys(option: string, value: readonly string[] | undefined): readonly string[] {
  const keys = resolveStrings(option, value, MAX_ATTRIBUTION_KEYS);
  for (const key of keys) {
    if (!/^[a-z][a-z0-9_]{0,63}$/.test(key)) {
      throw new InvalidOptionError(
        option,
        key,
        'lower-case letters, digits and underscores, starting with a letter',
      );
    }
    if (CONTRACT_ATTRIBUTION.has(attributionAttribute(key))) {
      throw new InvalidOptionError(option, key, 'a name that this library does not use itself');
    }
  }
  return keys;
}

function resolveBaggageKeys(
  option: string,
  { baggageAttribution, attributionKeys = [] }: CostOptions,
): readonly string[] {
  const known = [...ATTRIBUTION_KEYS, ...attributionKeys];
  if (typeof baggageAttribution === 'boolean') return baggageAttribution ? known : [];
  const keys = resolveStrings(option, baggageAttribution, known.length);
  const unknown = keys.find((key) => !known.includes(key));
  if (unknown === undefined) return keys;
  throw new InvalidOptionError(option, unknown, `true, false or a list of ${known.join(', ')}`);
}

function resolveMetricAttributes(
  option: string,
  value: readonly string[] | undefined,
  declaredKeys: readonly string[],
): readonly string[] {
  const allowed = [...ATTRIBUTION_KEYS.filter((key) => key !== 'user'), ...declaredKeys];
  return resolveStrings(option, value, MAX_ATTRIBUTION_KEYS).map((key) => {
    if (allowed.includes(key)) return attributionAttribute(key);
    throw new InvalidOptionError(option, key, `one of the attribution keys ${allowed.join(', ')}`);
  });
}

function resolveStrings(
  option: string,
  value: readonly string[] | undefined,
  most: number,
): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > most) {
    throw new InvalidOptionError(option, value, `a list of at most ${most} strings`);
  }
  return value.map((item, index) => expectString(`${option}[${index}]`, item));
}

function wholeNumber(option: string, value: unknown): number {
  const count = expectNumber(option, value, 1, MAX_SESSIONS);
  if (!Number.isInteger(count)) throw new InvalidOptionError(option, value, 'a whole number');
  return count;
}

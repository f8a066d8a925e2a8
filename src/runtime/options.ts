import type { BudgetMeasure } from '../errors.js';
import { InvalidOptionError } from '../errors.js';
import { ALL_MEASURES, type BudgetTerms, readTerms } from '../ledger/budget-terms.js';
import type { PriceOptions } from '../pricing/model-rate.js';
import { type ToolPrices, validateToolPrices } from '../pricing/tool-prices.js';
import { ATTRIBUTION_KEYS, attributeOf, keyOfAttribute } from '../spans/attribution.js';
import {
  expectFunction,
  expectKnownKeys,
  expectNumber,
  expectRecord,
  expectString,
  formerOption,
} from '../validate.js';
import { DIALECTS, writtenDialects } from './dialects.js';
import type { CostSpanProcessorOptions, Dialect } from './processor-options.js';
import type { TaskSummary } from './summary.js';

const KNOWN = [
  'tools',
  'dialects',
  'attributionKeys',
  'metricAttributes',
  'baggageAttribution',
  'sessionIdKeys',
  'maxSessions',
  'budgets',
  'knownUsage',
  'onTaskEnd',
  'overrides',
  'aliases',
  'providerAliases',
  'priceFactors',
] as const satisfies readonly (keyof CostSpanProcessorOptions)[];

/** Scopes with budgets of their own. A declared attribution key with such a name cannot have a budget. */
const SCOPES_WITH_BUDGETS: ReadonlySet<string> = new Set(['call', 'agent', 'task']);

/** Cost attributed to a user or team over many tasks has no steps and no time of its own. */
const ATTRIBUTED_MEASURES: readonly BudgetMeasure[] = ALL_MEASURES.filter(
  (measure) => measure !== 'steps' && measure !== 'wallMillis',
);

const MAX_ATTRIBUTION_KEYS = 32;
const MAX_SESSION_ID_KEYS = 16;
const MAX_IGNORED_PATHS = 100;
const MAX_SESSIONS = 1_000_000;

/** Options in the form that the runtime uses. */
export interface ResolvedOptions {
  prices: PriceOptions;
  tools: ToolPrices;
  dialects: readonly Dialect[];
  attributionKeys: readonly string[];
  /** Attribution keys that are sent and read as baggage. */
  baggageKeys: readonly string[];
  /** As attribute names. */
  metricAttributes: readonly string[];
  sessionIdKeys: readonly string[];
  maxSessions: number | undefined;
  budgets: ReadonlyMap<string, BudgetTerms>;
  /** Paths of numbers in usage that are irrelevant. */
  ignoredUsage: ReadonlySet<string>;
  onTaskEnd: ((summary: TaskSummary) => void) | undefined;
}

/** Checks options. Throws {@link InvalidOptionError}. Prices are checked by the price book. */
export function resolveOptions(options: CostSpanProcessorOptions = {}, path = ''): ResolvedOptions {
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
    ignoredUsage: resolveIgnored(at('knownUsage'), options.knownUsage),
    onTaskEnd: options.onTaskEnd,
  };
}

function resolveIgnored(option: string, value: unknown): ReadonlySet<string> {
  if (value === undefined) return new Set();
  const given = expectRecord(option, value);
  expectKnownKeys(option, given, ['ignore']);
  return new Set(resolveStrings(`${option}.ignore`, given.ignore, MAX_IGNORED_PATHS));
}

function resolveDialects(option: string, value: CostSpanProcessorOptions['dialects']): readonly Dialect[] {
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
  value: CostSpanProcessorOptions['budgets'],
  declaredKeys: readonly string[],
): ReadonlyMap<string, BudgetTerms> {
  const budgets = new Map<string, BudgetTerms>();
  if (value === undefined) return budgets;
  const given = expectRecord(option, value);
  const declared = declaredKeys.filter((key) => !SCOPES_WITH_BUDGETS.has(key));
  const known = ['session', ...ATTRIBUTION_KEYS, ...declared];
  for (const key of Object.keys(given)) if (!known.includes(key)) refuseAttribute(option, key);
  expectKnownKeys(option, given, known);
  for (const [key, terms] of Object.entries(given)) {
    const measures = key === 'session' ? ALL_MEASURES : ATTRIBUTED_MEASURES;
    budgets.set(key, readTerms(`${option}.${key}`, terms, measures, true));
  }
  return budgets;
}

function resolveAttributionKeys(option: string, value: readonly string[] | undefined): readonly string[] {
  const keys = resolveStrings(option, value, MAX_ATTRIBUTION_KEYS);
  for (const key of keys) {
    if (!/^[a-z][a-z0-9_]{0,63}$/.test(key)) {
      refuseAttribute(option, key);
      throw new InvalidOptionError(
        option,
        key,
        'lower-case letters, digits and underscores, starting with a letter',
      );
    }
    if (ATTRIBUTION_KEYS.includes(key)) {
      throw new InvalidOptionError(option, key, 'a key that is not built in');
    }
  }
  return keys;
}

function resolveBaggageKeys(
  option: string,
  { baggageAttribution, attributionKeys = [] }: CostSpanProcessorOptions,
): readonly string[] {
  const known = [...ATTRIBUTION_KEYS, ...attributionKeys];
  if (typeof baggageAttribution === 'boolean') return baggageAttribution ? known : [];
  const keys = resolveStrings(option, baggageAttribution, known.length);
  const unknown = keys.find((key) => !known.includes(key));
  if (unknown === undefined) return keys;
  refuseAttribute(option, unknown);
  throw new InvalidOptionError(option, unknown, `true, false or a list of ${known.join(', ')}`);
}

function resolveMetricAttributes(
  option: string,
  value: readonly string[] | undefined,
  declaredKeys: readonly string[],
): readonly string[] {
  const allowed = [...ATTRIBUTION_KEYS.filter((key) => key !== 'user'), ...declaredKeys];
  return resolveStrings(option, value, MAX_ATTRIBUTION_KEYS).map((key) => {
    if (allowed.includes(key)) return attributeOf(key);
    refuseAttribute(option, key);
    throw new InvalidOptionError(option, key, `one of the attribution keys ${allowed.join(', ')}`);
  });
}

/** Options take keys. Throws when an attribute or label name, current or former, was given instead of its key. */
function refuseAttribute(option: string, name: string): void {
  const key = keyOfAttribute(name);
  if (key === undefined) return;
  throw new InvalidOptionError(option, name, `the key "${key}", which is written as ${attributeOf(key)}`);
}

function resolveStrings(option: string, value: unknown, most: number): readonly string[] {
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

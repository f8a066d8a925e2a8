import * as names from '../attributes.js';
import { nearestName } from '../nearest-name.js';
import { show } from '../validate.js';
import type { Attribution } from './span-record.js';

/** Who or what a cost is charged to. Set on a session, a task or an agent; holds for everything below. */
export interface AttributionOptions {
  /** `user.id` */
  user?: string;
  /** `cost.team` */
  team?: string;
  /** `cost.project` */
  project?: string;
  /** `cost.feature` */
  feature?: string;
  /** `cost.customer` */
  customer?: string;
  /** Keys declared by the option `attributionKeys`, written as `cost.<key>`. */
  [declared: string]: string | undefined;
}

const BUILT_IN = new Map([
  ['user', 'user.id'],
  ['team', 'cost.team'],
  ['project', 'cost.project'],
  ['feature', 'cost.feature'],
  ['customer', 'cost.customer'],
]);

/** The keys that need no declaration. */
export const ATTRIBUTION_KEYS: readonly string[] = [...BUILT_IN.keys()];

/** Attribute names a declared key must not take. */
export const CONTRACT_ATTRIBUTION: ReadonlySet<string> = new Set([
  ...BUILT_IN.values(),
  ...[...BUILT_IN.keys()].map(attributionAttribute),
  ...Object.values(names).filter((name) => typeof name === 'string'),
]);

export function attributionAttribute(key: string): string {
  return `cost.${key}`;
}

/** The attribute that a key, built in or declared, is written as. */
export function attributeOf(key: string): string {
  return BUILT_IN.get(key) ?? attributionAttribute(key);
}

/** The attribution around with the keys that are set here. Other keys, and values that are not strings, are reported. */
export function mergeAttribution(
  around: Attribution | undefined,
  options: AttributionOptions | undefined,
  declaredKeys: readonly string[],
  refused: (why: string, detail?: string) => void,
): Attribution | undefined {
  if (options === undefined) return around;
  const merged: Record<string, string> = { ...around };
  for (const [key, value] of Object.entries<unknown>(options)) {
    // Many say so that there is none.
    if (value === undefined || value === null) continue;
    const isKnown = BUILT_IN.has(key) || declaredKeys.includes(key);
    if (!isKnown) refused(unknownKey(key, declaredKeys));
    else if (typeof value === 'string') merged[attributeOf(key)] = value;
    else refused(`attribution "${key}" must be a string, and is left out`, `got ${show(value)}`);
  }
  return Object.freeze(merged);
}

function unknownKey(key: string, declaredKeys: readonly string[]): string {
  const meant = nearestName(key, [...ATTRIBUTION_KEYS, ...declaredKeys]);
  const advice =
    meant === undefined
      ? `known are ${ATTRIBUTION_KEYS.join(', ')}; declare others with the option attributionKeys of CostSpanProcessor`
      : `did you mean "${meant}"?`;
  return `unknown attribution "${key}"; ${advice}`;
}

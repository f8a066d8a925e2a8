import { costTag, USER_ID } from '../attributes.js';
import { nearestName } from '../nearest-name.js';
import type { AttributionOptions } from '../scope-options.js';
import { shortText, show } from '../short-text.js';
import { warnOnce } from '../warnings.js';
import type { Attribution } from './surroundings.js';

/** The keys that need no declaration. */
export const ATTRIBUTION_KEYS: readonly string[] = ['user', 'team', 'project', 'feature', 'customer'];

/** The attribute name of a key, built-in or declared. */
export function attributeOf(key: string): string {
  return key === 'user' ? USER_ID : costTag(key);
}

/**
 * The key behind an attribute or label name, current (`cost.tag.team`) or former (`cost.team`). Undefined for other
 * names.
 */
export function keyOfAttribute(name: string): string | undefined {
  return /^cost(?:\.(?:tag\.)?|_tag_|_(?=(?:team|project|feature|customer)$))([a-z][a-z0-9_]*)$/.exec(
    name,
  )?.[1];
}

/**
 * Warns once that an attribute of the app, on a span or in baggage, has the former name of a tag, which no longer
 * attributes cost.
 */
export function warnOfFormerTag(key: string): void {
  warnOnce(`the attribute "cost.${key}" no longer attributes cost; its name is now "${costTag(key)}"`);
}

/** The same for the attributes of a span. Checks built-in keys only. */
export function warnOfFormerTags(attributes: Readonly<Record<string, unknown>>): void {
  if (attributes['cost.team'] !== undefined) warnOfFormerTag('team');
  if (attributes['cost.project'] !== undefined) warnOfFormerTag('project');
  if (attributes['cost.feature'] !== undefined) warnOfFormerTag('feature');
  if (attributes['cost.customer'] !== undefined) warnOfFormerTag('customer');
}

/**
 * Merges the keys set here into the enclosing attribution. Unknown keys and non-string values are reported to
 * `refused`.
 */
export function mergeAttribution(
  around: Attribution | undefined,
  options: AttributionOptions | undefined,
  declaredKeys: readonly string[],
  refused: (why: string, detail?: string) => void,
): Attribution | undefined {
  if (options === undefined) return around;
  const merged: Record<string, string> = { ...around };
  for (const key of Object.keys(options)) {
    const value: unknown = options[key];
    // Apps often pass null or undefined to mean "none".
    if (value === undefined || value === null) continue;
    const isKnown = ATTRIBUTION_KEYS.includes(key) || declaredKeys.includes(key);
    if (!isKnown) refused(unknownKey(key, declaredKeys));
    else {
      const text = attributedValue(value);
      if (text !== undefined) merged[attributeOf(key)] = text;
      else refused(`attribution "${key}" must be a string; it is ignored`, `got ${show(value)}`);
    }
  }
  return Object.freeze(merged);
}

/** The ids of users and customers are often numbers. Undefined for values that cannot be an id. */
export function attributedValue(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Number.isSafeInteger(value) || typeof value === 'bigint' ? String(value) : undefined;
}

function unknownKey(key: string, declaredKeys: readonly string[]): string {
  const known = [...ATTRIBUTION_KEYS, ...declaredKeys];
  const written = keyOfAttribute(key);
  const meant = written !== undefined && known.includes(written) ? written : nearestName(key, known);
  const advice =
    meant === undefined
      ? `known are ${ATTRIBUTION_KEYS.join(', ')}; declare others with the option attributionKeys of CostSpanProcessor`
      : `did you mean "${meant}"?`;
  return `unknown attribution "${shortText(key)}"; ${advice}`;
}

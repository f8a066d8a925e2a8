/** Two builds' rows of one trace, row by row: what differs, and of which kind that is. Pure functions. */

/** @typedef {import('./recorder.mjs').Row} Row */
/** @typedef {{ key: string | RegExp, to: string, value?: (value: any) => unknown }} Rename */

/**
 * One key that differs as it is meant to, whatever else differs beside it.
 * @typedef {object} Mask
 * @property {string | RegExp} key the new name
 * @property {string} says what differs, in a few words
 * @property {string} clause
 * @property {(before: Record<string, any>, after: Record<string, any>, key: string, row: Row) => boolean} when
 */

/**
 * What expected.mjs exports.
 * @typedef {object} Expected
 * @property {Rename[]} renames of attributes
 * @property {{ name: RegExp, to: string }[]} rowRenames of what is no span
 * @property {Mask[]} masks
 * @property {{ kind: string | RegExp, clause: string }[]} accepted
 */

/**
 * One row in which the builds differ.
 * @typedef {object} Difference
 * @property {string} kind
 * @property {boolean} follows whether it is a figure of a scope in a trace where a span's own cost differs as well
 * @property {string} place the row's path
 * @property {string[]} keys the attributes
 * @property {Mask} [mask] it is a single key that differs as it is meant to
 */

/** Values that are few and say what happened: they are part of the kind. */
const TELLING = new Set([
  'cost.status',
  'cost.reason',
  'cost.not_billed',
  'cost.kind',
  'cost.rate_match',
  'task.outcome',
]);
const ROLL_UP = /^(task|agent|session|step)\./;
/** Rows of figures beside the spans. */
const FIGURES = new Set(['totals', 'summary', 'stats']);
/** What one bill writes. The keys of dialects repeat it, and what is attributed stands beside it. */
const BILL =
  /^(cost_usd|cost\.(status|reason|kind|source|tag\..*)|gen_ai\.usage\.cost.*|llm\.cost\..*|operation\.cost|langfuse\.observation\.(cost|usage)_details)$/;
/** Attributes that tell what a span is about that only one build has. */
const SHOWN_OF_LONE = ['cost.status', 'cost.reason', 'cost.not_billed', 'cost.kind'];

/**
 * @param {Row[]} oldRows @param {Row[]} newRows of one trace
 * @param {Partial<Expected>} [expected]
 * @returns {Difference[]}
 */
export function differencesOf(oldRows, newRows, expected = {}) {
  const found = [];
  for (const [place, { before, after, masks }] of pairsOf(oldRows, newRows, expected)) {
    if (before === undefined) found.push(lone(place, after, 'new'));
    else if (after === undefined) found.push(lone(place, before, 'old'));
    else found.push(...changed(place, before, after));
    for (const { key, mask } of masks) found.push({ kind: nameOfMask(mask), mask, place, keys: [key] });
  }
  const hasCause = found.some(({ isCause }) => isCause);
  return found.map(({ isCause, ...difference }) => ({
    ...difference,
    follows: hasCause && !isCause && difference.mask === undefined,
  }));
}

/**
 * The rows of both builds side by side. Where a single key differs as it is meant to, the old row is given the new value.
 * @param {Row[]} oldRows @param {Row[]} newRows @param {Partial<Expected>} expected
 * @returns {Map<string, { before?: Row, after?: Row, masks: { key: string, mask: Mask }[] }>}
 */
export function pairsOf(oldRows, newRows, { renames = [], rowRenames = [], masks = [] }) {
  const older = byPlace(oldRows, renames, rowRenames);
  const newer = byPlace(newRows, renames, rowRenames);
  const pairs = new Map();
  for (const place of new Set([...older.keys(), ...newer.keys()])) {
    const [before, after] = [older.get(place), newer.get(place)];
    const isPair = before !== undefined && after !== undefined;
    pairs.set(place, isPair ? masked(before, after, masks) : { before, after, masks: [] });
  }
  return pairs;
}

function masked(before, after, masks) {
  const found = [];
  const attributes = { ...before.attributes };
  for (const key of differingKeys(before, after)) {
    const mask = masks.find(
      (one) => matches(one.key, key) && one.when(before.attributes, after.attributes, key, before),
    );
    if (mask === undefined) continue;
    found.push({ key, mask });
    if (after.attributes[key] === undefined) delete attributes[key];
    else attributes[key] = after.attributes[key];
  }
  return { before: { ...before, attributes }, after, masks: found };
}

function nameOfMask({ key, says }) {
  return `${key instanceof RegExp ? key.source : key}: ${says}`;
}

function matches(pattern, key) {
  return typeof pattern === 'string' ? pattern === key : pattern.test(key);
}

/**
 * Rows by a path of names: numbers of spans may differ where one build makes a span more.
 * @param {Row[]} rows @param {Rename[]} renames @param {Expected['rowRenames']} rowRenames @returns {Map<string, Row>}
 */
function byPlace(rows, renames, rowRenames) {
  const paths = new Map();
  const places = new Map();
  const taken = new Map();
  for (const given of rows) {
    const row = given.kind === 'span' ? given : { ...given, name: nameOf(given, rowRenames) };
    const above = row.parent === undefined ? '' : `${paths.get(row.parent) ?? `#${row.parent}`} > `;
    const path = row.kind === 'span' ? `${above}${row.name}` : `${row.kind} ${row.name}`;
    const count = (taken.get(path) ?? 0) + 1;
    taken.set(path, count);
    const place = count === 1 ? path : `${path} (${count})`;
    if (row.span !== undefined) paths.set(row.span, place);
    places.set(place, row);
  }
  for (const [place, row] of places) {
    places.set(place, { ...row, attributes: renamed(row.attributes, renames, paths) });
  }
  return places;
}

function nameOf({ name }, rowRenames) {
  return rowRenames.reduce((from, { name: pattern, to }) => from.replace(pattern, to), name);
}

function renamed(attributes, renames, paths) {
  const result = {};
  for (const [key, given] of Object.entries(attributes)) {
    const value = pathInPlaceOfNumber(given, paths);
    const matching = renames.filter((rename) => matches(rename.key, key));
    if (matching.length === 0) result[key] = value;
    for (const { key: from, to, value: map = (same) => same } of matching) {
      const made = map(value);
      if (made !== undefined) result[key.replace(from, to)] = made;
    }
  }
  return result;
}

function pathInPlaceOfNumber(value, paths) {
  if (typeof value !== 'string' || !value.startsWith('#')) return value;
  return paths.get(Number(value.slice(1))) ?? value;
}

function lone(place, row, build) {
  const { kind, attributes } = row;
  const says = SHOWN_OF_LONE.flatMap((key) =>
    attributes[key] === undefined ? [] : `${key} ${attributes[key]}`,
  );
  const about = says.length > 0 ? ` (${says.join(', ')})` : '';
  return {
    kind: `${kind} "${generalName(row)}" only in ${build}${about}`,
    // A correction states figures of a scope again.
    isCause: kind === 'span' && says.length > 0,
    place,
    keys: [],
  };
}

/** Names without what is particular to one trace. */
function generalName({ kind, name }) {
  if (kind === 'metric') return name.replace(/ \{.*/s, '');
  if (kind === 'span' && name.startsWith('cost ') && name !== 'cost correction') return 'cost {name}';
  return name.replace(/\d+/g, 'N');
}

function changed(place, before, after) {
  const keys = differingKeys(before, after);
  const isBill = (key) => before.kind === 'span' && BILL.test(key);
  const bill = keys.filter(isBill);
  const rest = keys.filter((key) => !isBill(key));
  return [
    ...billDifference(place, before.attributes, after.attributes, bill),
    ...[...grouped(rest, (key) => kindOfKey(before, after, key))].map(([kind, members]) => ({
      kind,
      isCause: before.kind === 'span' && members.some((key) => !ROLL_UP.test(key)),
      place,
      keys: members,
    })),
  ];
}

/** The keys of a bill are one difference: how the span stood, and how it stands. */
function billDifference(place, before, after, keys) {
  if (keys.length === 0) return [];
  const ways = new Set(keys.map((key) => way(key, before[key], after[key])));
  const [stood, stands] = [standing(before), standing(after)];
  const kind =
    stood === stands ? `${stands}: ${changeOf(keys, before, after, ways)}` : `${stood} → ${stands}`;
  return [{ kind: `own cost ${kind}`, isCause: true, place, keys }];
}

/** Whether a span is billed, and if so how sure its amount is. */
function standing({ cost_usd: usd, 'cost.status': status, 'cost.reason': reason, 'error.type': error }) {
  if (error === 'BudgetExceededError') return 'refused';
  if (status === undefined) return usd === undefined ? 'absent' : 'sure';
  if (status === 'free' || status === 'unpriced') return status;
  return usd === undefined ? `not billed (${reason})` : 'estimated';
}

function changeOf(keys, before, after, ways) {
  if (!keys.includes('cost_usd')) return `${keys.join(', ')} ${[...ways].join('; ')}`;
  const reason = after['cost.reason'] === undefined ? '' : ` (${after['cost.reason']})`;
  return `${before.cost_usd < after.cost_usd ? 'higher' : 'lower'} in new${reason}`;
}

/** Figures of scopes are named alike wherever they stand; one that is left out is zero. */
function kindOfKey(before, after, key) {
  const [one, other] = [before.attributes[key], after.attributes[key]];
  if (before.kind === 'metric') return `metric ${generalName(before)}: ${key} ${way(key, one, other)}`;
  const [, scope] = ROLL_UP.exec(key) ?? [];
  const total = `${scope}.cost_usd`;
  const isFigure = FIGURES.has(before.kind) || scope !== undefined;
  if (isFigure && before.attributes[total] === undefined && after.attributes[total] !== undefined)
    return 'roll-up only in new';
  if (isFigure && before.attributes[total] !== undefined && after.attributes[total] === undefined)
    return 'roll-up only in old';
  const isNumber = typeof (one ?? other) === 'number';
  const how = isFigure && isNumber ? way(key, one ?? 0, other ?? 0) : way(key, one, other);
  if (isFigure && key !== 'session.id' && !/^task\.(id|name|root_id)$/.test(key)) {
    const name = key.replace(ROLL_UP, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return `figure ${name} ${how}`;
  }
  return `${before.kind === 'span' ? '' : `${before.kind}: `}${key} ${how}`;
}

function differingKeys(before, after) {
  return [...new Set([...Object.keys(before.attributes), ...Object.keys(after.attributes)])]
    .filter((key) => !isEqual(before.attributes[key], after.attributes[key]))
    .sort();
}

function isEqual(one, other) {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/** `Map.groupBy`, which Node.js 20 does not have. */
export function grouped(values, groupOf) {
  const groups = new Map();
  for (const value of values) groups.set(groupOf(value), [...(groups.get(groupOf(value)) ?? []), value]);
  return groups;
}

function way(key, before, after) {
  const shown = (value) => (TELLING.has(key) || key === 'cost.source' ? ` "${general(value)}"` : '');
  if (before === undefined) return `${shown(after)} only in new`.trim();
  if (after === undefined) return `${shown(before)} only in old`.trim();
  if (typeof before === 'boolean' || TELLING.has(key)) return `${before} → ${after}`;
  if (key === 'cost.source') return `${general(before)} → ${general(after)}`;
  if (typeof before === 'number' && typeof after === 'number')
    return after > before ? 'higher in new' : 'lower in new';
  return 'changed';
}

/** A source without the model that it names. */
function general(value) {
  return String(value).replace(/^(genai-prices|override)\b.*$/, '$1…');
}

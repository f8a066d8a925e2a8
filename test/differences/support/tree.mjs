/** A trace in both builds as an indented tree, for people. */
import { grouped, pairsOf } from './kinds.mjs';

/** Attributes that are shown though both builds agree on them. */
const CONTEXT =
  /^(cost_usd|cost\.(source|status|reason|not_billed)|gen_ai\.(response\.id|response\.model|request\.model|operation\.name)|.*(usage|token_count).*token.*|.*token_count.*|ai\.usage\..*|ai\.operationId|openinference\.span\.kind|traceloop\.span\.kind|task\.cost_usd|agent\.cost_usd)$/;
const MAX_VALUE_CHARACTERS = 80;
/** Longer examples are cut: they are the smallest there is, all the same. */
const MAX_LINES = 60;

/**
 * @param {import('./recorder.mjs').Row[]} oldRows @param {import('./recorder.mjs').Row[]} newRows
 * @param {Partial<import('./kinds.mjs').Expected>} [expected]
 * @returns {string} lines
 */
export function treeOf(oldRows, newRows, expected = {}) {
  const pairs = pairsOf(oldRows, newRows, expected);
  const trees = grouped(inOrder([...pairs.keys()]), rootOf);
  const lines = [...trees.values()].map((places) =>
    places.map((place) => line(place, pairs.get(place))).filter((text) => text !== ''),
  );
  const differing = lines.filter((tree) => tree.some(isDifferent)).flat();
  const rest = differing.length - MAX_LINES;
  return [...differing.slice(0, MAX_LINES), ...(rest > 0 ? [`    … ${rest} more lines`] : [])].join('\n');
}

/** A span's place begins with that of its root; what is no span stands alone. */
function rootOf(place) {
  return place.split(' > ', 1)[0];
}

/** Every place below its parent, in the order of starts; then what is no span. */
function inOrder(places) {
  const below = grouped(places, (place) => place.slice(0, Math.max(0, place.lastIndexOf(' > '))));
  const walk = (place) => [place, ...(below.get(place) ?? []).flatMap(walk)];
  // The parent of some is not among the rows.
  const tops = places.filter(
    (place) => !places.includes(place.slice(0, Math.max(0, place.lastIndexOf(' > ')))),
  );
  return tops.flatMap(walk);
}

function isDifferent(text) {
  return text.includes('«') || text.includes('[only in');
}

function line(place, { before, after }) {
  const row = before ?? after;
  const attributes = { ...before?.attributes, ...after?.attributes };
  const isLone = before === undefined || after === undefined;
  const parts = Object.keys(attributes)
    .sort()
    .flatMap((key) => part(key, before?.attributes[key], after?.attributes[key], isLone));
  // Figures beside the spans are of interest only where they differ.
  if (row.kind !== 'span' && !isLone && !parts.some(isDifferent)) return '';
  const indent = '  '.repeat(row.kind === 'span' ? place.split(' > ').length - 1 : 0);
  const name = row.kind === 'span' ? row.name : `${row.kind} ${row.name}`;
  const build = isLone ? (before === undefined ? ' [only in new]' : ' [only in old]') : '';
  return `    ${indent}${name}${build}${parts.length > 0 ? `  ${parts.join('  ')}` : ''}`;
}

function part(key, before, after, isLone) {
  const isSame = JSON.stringify(before) === JSON.stringify(after);
  if (isLone || isSame) return CONTEXT.test(key) ? [`${key} ${text(before ?? after)}`] : [];
  return [`«${key} ${text(before)} → ${text(after)}»`];
}

function text(value) {
  if (value === undefined) return '–';
  const written = typeof value === 'string' ? value : JSON.stringify(value);
  return written.length > MAX_VALUE_CHARACTERS ? `${written.slice(0, MAX_VALUE_CHARACTERS)}…` : written;
}

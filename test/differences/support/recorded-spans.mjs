/** The cases of span-attributes.json as spans that can be replayed. */
import { fixture } from './replay.mjs';

/** Most instrumentations set the usage late, some set everything late. */
export const TIMINGS = ['at start', 'usage late', 'all late'];

const { cases } = fixture('span-attributes.json');
const byId = new Map(cases.map((one) => [one.id, one]));

/** @param {string} timing @returns {import('./replay.mjs').ReplaySpan} */
export function spanOf(id, timing, parent) {
  const { name, instrumentation, attributes } = byId.get(id);
  const isLate = (key) => timing === 'all late' || (timing === 'usage late' && isUsage(key));
  const part = (late) =>
    Object.fromEntries(Object.entries(attributes).filter(([key]) => isLate(key) === late));
  return { name, scope: instrumentation.name, parent, atStart: part(false), atEnd: part(true) };
}

function isUsage(key) {
  return /usage|token_count|cost|response/.test(key);
}

/** Every single span, the traces that were recorded as such, and all others of one group as far as they show parents. */
export function recordedGroups() {
  const singles = cases.map(({ id }) => ({ label: id, spans: [{ id }] }));
  const traces = fixture('span-traces.json').traces.map(({ group, spans }) => ({
    label: group,
    spans: spans.map(({ case: id, parent }) => ({ id, parent: placeOf(spans, parent) })),
  }));
  const groups = [...new Set(cases.map(({ group }) => group))].map((group) => {
    const members = cases.filter((one) => one.group === group);
    const places = members.map(({ spanId }) => ({ span: spanId }));
    return {
      label: `all of ${group}`,
      spans: members.map(({ id, parentSpanId }) => ({ id, parent: placeOf(places, parentSpanId) })),
    };
  });
  return [...singles, ...traces, ...groups.filter(({ spans }) => spans.length > 1)];
}

function placeOf(spans, id) {
  const place = id == null ? -1 : spans.findIndex(({ span }) => span === id);
  return place < 0 ? undefined : place;
}

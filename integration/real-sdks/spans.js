/** What the spans of one scenario say: as we wrote them, and as they were before (`raw`). */

/** Own cost added up, and the task's roll-up as last stated. */
export function billOf(spans) {
  const stated = spans.findLast(({ attributes }) => attributes['task.cost_usd'] !== undefined)?.attributes;
  return {
    spans,
    pico: spans.reduce((total, { attributes }) => total + picoOf(attributes.cost_usd), 0),
    task: stated && {
      pico: picoOf(stated['task.cost_usd']),
      input: stated['task.input_tokens'],
      output: stated['task.output_tokens'],
      cacheRead: stated['task.cache_read_tokens'] ?? 0,
      cacheWrite: stated['task.cache_write_tokens'] ?? 0,
      calls: stated['task.llm_calls'],
      complete: stated['task.cost_complete'],
    },
  };
}

/** True when a raw attribute is, or has in its text, one of the counts. Each count occurs in one call only. */
export function showsAny(spans, counts) {
  const numbers = counts.filter((count) => count > 0);
  if (numbers.length === 0) return false;
  const pattern = new RegExp(`(?<![\\w.])(${numbers.join('|')})(?![\\w.])`);
  return spans.some(({ raw }) => Object.values(raw).some((value) => pattern.test(String(value))));
}

const USAGE_KEY = /usage.*token|token_count/i;

export function showsUsage(raw) {
  return Object.entries(raw).some(([key, value]) => USAGE_KEY.test(key) && value > 0);
}

export function saysWhetherBilled(attributes) {
  return attributes['cost.source'] !== undefined || attributes['cost.status'] !== undefined;
}

export function isEstimated(spans) {
  return spans.some(({ attributes }) => attributes['cost.status'] === 'estimated');
}

function picoOf(usd = 0) {
  return Math.round(usd * 1e12);
}

/** The totals of one run, read from its received task span, beside the cost from another source. */
import { counted, formatCount, formatUsd, painter, picoFromUsd } from './format.js';
import { kindOf } from './nodes.js';

/** @typedef {import('./receiver.js').ReceivedSpan} ReceivedSpan */

const LABEL_WIDTH = 9;

/** The span with the task's roll-up. @param {ReceivedSpan[]} spans of one run */
export function taskSpan(spans) {
  const task = spans.find((span) => kindOf(span) === 'task');
  if (task === undefined) throw new Error(`no task span among the ${spans.length} spans that arrived`);
  return task;
}

/**
 * @param {ReceivedSpan[]} spans of one run
 * @param {{ label: string, costUsd: number }} bill what to compare with
 * @param {{ colour?: boolean }} [options]
 * @returns {string} lines, without a newline at the end
 */
export function renderTotals(spans, bill, { colour = false } = {}) {
  const paint = painter(colour);
  const { attributes } = taskSpan(spans);
  const get = (/** @type {string} */ key) => attributes[`task.${key}`] ?? 0;
  const llm = formatUsd(get('llm_cost_usd'));
  const tools = formatUsd(get('tool_cost_usd'));
  const [read, written] = [get('cache_read_tokens'), get('cache_write_tokens')].map(formatCount);
  const lines = [
    ['total', `${paint(formatUsd(get('cost_usd')), 'bold')}  = LLM ${llm} + tools ${tools}`],
    ['tokens', `${formatCount(get('input_tokens'))} in, ${formatCount(get('output_tokens'))} out`],
    ['cached', `${read} of those in read from a cache, ${written} written to one`],
    ['calls', callsOf(get)],
    ['prices', pricesOf(spans)],
    ['complete', completenessOf(attributes, paint)],
    ['estimate', estimateOf(spans)],
    ['compare', comparison(get('cost_usd'), bill, paint)],
  ];
  const isCached = get('cache_read_tokens') + get('cache_write_tokens') > 0;
  return lines
    .filter(([label, text]) => text !== '' && (label !== 'cached' || isCached))
    .map(([label = '', text]) => `  ${paint(label.padEnd(LABEL_WIDTH), 'dim')} ${text}`)
    .join('\n');
}

/** How much of the total is a lower bound. @param {ReceivedSpan[]} spans */
function estimateOf(spans) {
  const estimates = spans.filter((span) => span.attributes['cost.status'] === 'estimated');
  if (estimates.length === 0) return '';
  const pico = estimates.reduce((sum, span) => sum + picoFromUsd(span.attributes.cost_usd), 0);
  return `${formatUsd(pico / 1e12)} of it is for ${counted(estimates.length, 'stream')} cut short: what was counted by then`;
}

/** @param {(key: string) => number} get */
function callsOf(get) {
  const failed = get('failed_calls');
  const wasted = get('wasted_cost_usd');
  return [
    `${formatCount(get('llm_calls'))} LLM`,
    `${formatCount(get('tool_calls'))} tool`,
    ...(failed > 0 ? [`${formatCount(failed)} of them failed`] : []),
    ...(wasted > 0 ? [`${formatUsd(wasted)} wasted on failures`] : []),
  ].join(', ');
}

/** The sources of this run's prices. @param {ReceivedSpan[]} spans */
function pricesOf(spans) {
  const priced = spans.filter((span) => span.attributes.cost_usd !== undefined);
  return [...new Set(priced.map((span) => span.attributes['cost.source']))].join(', ');
}

/** @param {Record<string, any>} attributes @param {import('./format.js').Paint} paint */
function completenessOf(attributes, paint) {
  if (attributes['task.cost_complete']) return 'yes: every call has a known cost';
  const unpriced = counted(attributes['task.unpriced_calls'] ?? 0, 'call');
  return paint(`no: ${unpriced} told no usage, so the cost is unknown, not zero`, 'yellow');
}

/** @param {number} costUsd @param {{ label: string, costUsd: number }} bill @param {import('./format.js').Paint} paint */
function comparison(costUsd, bill, paint) {
  const difference = picoFromUsd(costUsd) - picoFromUsd(bill.costUsd);
  const verdict =
    difference === 0
      ? paint('equal to the last digit', 'green')
      : paint(`differs by ${difference < 0 ? '-' : '+'}${formatUsd(Math.abs(difference) / 1e12)}`, 'red');
  return `${formatUsd(bill.costUsd)} ${bill.label}: ${verdict}`;
}

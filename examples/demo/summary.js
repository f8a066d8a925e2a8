/** The last lines of the demo: every run beside the bill it is compared with. */
import { alignCells, alignDecimals, formatCount, formatUsd, painter, picoFromUsd } from './format.js';
import { taskSpan } from './totals.js';

/**
 * @param {{ scenario: import('./scenario.js').Scenario, spans: import('./receiver.js').ReceivedSpan[] }[]} runs
 * @param {{ colour?: boolean }} [options]
 * @returns {string} lines, without a newline at the end
 */
export function renderSummary(runs, { colour = false } = {}) {
  const paint = painter(colour);
  const tasks = runs.map(({ spans }) => taskSpan(spans).attributes);
  const bills = runs.map(({ scenario }) => scenario.bill.costUsd);
  const columns = [
    alignCells(['run', ...runs.map(({ scenario }) => scenario.name)]),
    alignCells(['LLM calls', ...tasks.map((task) => formatCount(task['task.llm_calls']))], 'right'),
    alignCells(['tokens in', ...tasks.map((task) => formatCount(task['task.input_tokens']))], 'right'),
    alignCells(['out', ...tasks.map((task) => formatCount(task['task.output_tokens']))], 'right'),
    alignCells(['arrived', ...alignDecimals(tasks.map((task) => formatUsd(task['task.cost_usd'])))]),
    alignCells(['bill', ...alignDecimals(bills.map(formatUsd))]),
  ];
  const lines = Array.from({ length: runs.length + 1 }, (_, i) =>
    columns.map((cells) => cells[i]).join('  '),
  );
  const verdicts = tasks.map((task, i) => verdict(task, bills[i] ?? 0));
  return lines
    .map((line, i) =>
      i === 0 ? paint(line.trimEnd(), 'dim') : `${line}  ${paint(...(verdicts[i - 1] ?? ['']))}`,
    )
    .join('\n');
}

/** @param {Record<string, any>} task @param {number} billUsd @returns {[string, import('./format.js').Colour]} */
function verdict(task, billUsd) {
  if (picoFromUsd(task['task.cost_usd']) !== picoFromUsd(billUsd)) return ['differs', 'red'];
  if (task['task.cost_complete']) return ['equal', 'green'];
  return [`equal, ${task['task.unpriced_calls']} calls unknown`, 'yellow'];
}

const HINTS_SHOWN = 3;

/**
 * Possible savings of each run, computed from the counts of its calls, largest amounts first.
 * @param {{ scenario: import('./scenario.js').Scenario, hints: import('otel-agent-cost/optimize').CostHint[] }[]} runs
 * @param {{ colour?: boolean, width?: number }} [options]
 * @returns {string} lines, without a newline at the end
 */
export function renderHints(runs, { colour = false, width = 100 } = {}) {
  const paint = painter(colour);
  const lines = runs.flatMap(({ scenario, hints }) => [
    paint(scenario.name, 'dim'),
    ...hints.slice(0, HINTS_SHOWN).flatMap(({ message }) => wrapText(message, width - 4)),
  ]);
  return [paint('where it could cost less (these overlap: do not add them up)', 'bold'), ...lines].join('\n');
}

/** Lines of at most so many characters, the first with a dash. @param {string} text @param {number} width */
function wrapText(text, width) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((line, index) => `  ${index === 0 ? '-' : ' '} ${line}`);
}

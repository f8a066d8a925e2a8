/** The comparison that the demo's `--runaway` prints: the same cost from three places, and the calls. */
import { alignCells, counted, formatCount, formatUsd, painter, picoFromUsd } from './format.js';

/**
 * The figures of one run. Amounts are whole pico-dollars.
 * @typedef {object} LaneFigures
 * @property {string} label
 * @property {number | undefined} budgetPico
 * @property {number} tried by the app
 * @property {number} refused
 * @property {number} received by the provider
 * @property {number} receivedRefused how many of the refused calls the provider received
 * @property {string | undefined} refusal the first refusal's message
 * @property {number} ledgerPico
 * @property {number} spansPico `sum(cost_usd)`
 * @property {number} metricsPico `cost.usd`
 */

/**
 * @param {import('./runaway.js').Lane} lane
 * @param {import('./looping-agents.js').LoopReport} report
 * @returns {LaneFigures}
 */
export function figuresOf({ label, budgetUsd, received, receiver }, report) {
  const arrived = new Set(received);
  const { spans } = receiver;
  return {
    label,
    budgetPico: budgetUsd === undefined ? undefined : picoFromUsd(budgetUsd),
    tried: report.tried,
    refused: report.refused.length,
    received: received.length,
    receivedRefused: report.refused.filter((id) => arrived.has(id)).length,
    refusal: report.refusal,
    ledgerPico: picoFromUsd(report.costUsd),
    spansPico: spans.reduce((sum, { attributes }) => sum + picoFromUsd(attributes.cost_usd ?? 0), 0),
    metricsPico: sumOf(receiver.points(), 'cost.usd'),
  };
}

/** The sum of a metric over its series, in pico-units. @param {import('./receiver.js').ReceivedPoint[]} points @param {string} metric */
export function sumOf(points, metric) {
  return points.reduce((sum, point) => sum + (point.metric === metric ? picoFromUsd(point.value) : 0), 0);
}

/** True when the three places have the same amount. @param {Omit<LaneFigures, 'label'>} figures */
function isEqual({ ledgerPico, spansPico, metricsPico }) {
  return spansPico === ledgerPico && metricsPico === ledgerPico;
}

/** Everything that is wrong, one sentence each. @param {LaneFigures} figures @returns {string[]} */
export function faultsOf({ label, ...figures }) {
  const { ledgerPico, spansPico, metricsPico, tried, refused, received, receivedRefused, budgetPico } =
    figures;
  const faults = [
    !isEqual(figures) &&
      `the figures differ: ledger ${usd(ledgerPico)}, spans ${usd(spansPico)}, metrics ${usd(metricsPico)}`,
    receivedRefused > 0 && `the provider received ${counted(receivedRefused, 'refused call')}`,
    received !== tried - refused &&
      `the provider received ${received} calls, and ${tried - refused} of ${tried} were not refused`,
    budgetPico !== undefined &&
      ledgerPico > budgetPico &&
      `${usd(ledgerPico)} was spent of a budget of ${usd(budgetPico)}`,
  ];
  return faults.filter((fault) => fault !== false).map((fault) => `${label}: ${fault}`);
}

/** @param {number} pico */
function usd(pico) {
  return formatUsd(pico / 1e12);
}

/**
 * @param {LaneFigures[]} lanes
 * @param {{ colour?: boolean }} [options]
 * @returns {string} lines, without a newline at the end
 */
export function renderRunaway(lanes, { colour = false } = {}) {
  const paint = painter(colour);
  const count = (/** @type {(lane: LaneFigures) => number} */ figure) =>
    lanes.map((lane) => formatCount(figure(lane)));
  const ledgers = lanes.map((lane) => lane.ledgerPico);
  const rows = [
    ['', ...lanes.map(({ label }) => label)],
    ['calls that the agents tried to make', ...count((lane) => lane.tried)],
    ['refused before they were made', ...count((lane) => lane.refused)],
    ['calls that the provider stand-in received', ...count((lane) => lane.received)],
    ['refused calls among these', ...count((lane) => lane.receivedRefused)],
    ["the app's ledger", ...ledgers.map(usd)],
    ['sum(cost_usd) over the received spans', ...lanes.map((lane) => usd(lane.spansPico))],
    ['cost.usd in the received metrics', ...lanes.map((lane) => usd(lane.metricsPico))],
    ['compared in pico-dollars', ...lanes.map((lane) => (isEqual(lane) ? 'equal' : 'different'))],
  ];
  const columns = ['', ...lanes].map((_, column) =>
    alignCells(
      rows.map((row) => row[column] ?? ''),
      column === 0 ? 'left' : 'right',
    ),
  );
  const lines = rows.map((_, row) =>
    columns
      .map((cells) => cells[row])
      .join('   ')
      .trimEnd(),
  );
  const refusal = lanes.find((lane) => lane.refusal !== undefined)?.refusal;
  return [...lines, ...(refusal ? ['', paint(`The first refusal: ${refusal}`, 'dim')] : [])].join('\n');
}

/** The spending of the demo's `--runaway` while it runs: redrawn in place on a terminal, otherwise printed as lines. */
import { formatCount, painter } from './format.js';
import { sumOf } from './runaway-figures.js';

const REDRAW_MILLIS = 100;
const LINES = 12;
const LABEL_WIDTH = 17;
const COUNTS_WIDTH = 9 + 26;
const MIN_BAR_WIDTH = 10;

/** The full bar, as a multiple of the budget. */
const FULL_BAR_BUDGETS = 7;

/**
 * The shown part of a run.
 * @typedef {Pick<import('./runaway.js').Lane, 'label' | 'budgetUsd' | 'received'> & {
 *   receiver: { points(): import('./receiver.js').ReceivedPoint[] },
 * }} Lane
 */

/**
 * Shows the figures of the received metrics until it is stopped.
 * @param {Lane[]} lanes
 * @param {{ seconds: number, colour: boolean, width: number, stdout: { isTTY?: boolean, write(text: string): unknown } }} screen
 */
export function startLiveSpend(lanes, { seconds, colour, width, stdout }) {
  /** The time of the first call, as performance.now() has it. @type {number | undefined} */
  let begun;
  const barWidth = width - LABEL_WIDTH - COUNTS_WIDTH;
  const canRedraw = stdout.isTTY === true && process.env.TERM !== 'dumb' && barWidth >= MIN_BAR_WIDTH;
  let drawn = 0;
  const draw = () => {
    if (lanes.every(({ received }) => received.length === 0)) return;
    begun ??= performance.now();
    if (!canRedraw) {
      stdout.write(`${plainLine(lanes, (performance.now() - begun) / 1000)}\n`);
      return;
    }
    const lines = barLines(lanes, barWidth, colour);
    // Moves the cursor up to the first line, and clears the rest of each line that it overwrites.
    stdout.write(
      `${drawn > 0 ? `\u001b[${drawn}A` : ''}${lines.map((line) => `\r${line}\u001b[K\n`).join('')}`,
    );
    drawn = lines.length;
  };
  const timer = setInterval(draw, canRedraw ? REDRAW_MILLIS : (seconds * 1000) / LINES);
  let isStopped = false;
  return {
    /** Draws the last state. Does nothing when called again. */
    stop() {
      if (isStopped) return;
      isStopped = true;
      clearInterval(timer);
      draw();
    },
  };
}

/** @param {Lane} lane */
function stateOf({ receiver }) {
  const points = receiver.points();
  return {
    usd: sumOf(points, 'cost.usd') / 1e12,
    calls: sumOf(points, 'cost.calls') / 1e12,
    refusals: sumOf(points, 'cost.budget.refusals') / 1e12,
  };
}

/** @param {Lane[]} lanes @param {number} seconds */
function plainLine(lanes, seconds) {
  const parts = lanes.map((lane) => {
    const { usd, calls, refusals } = stateOf(lane);
    const refused = lane.budgetUsd === undefined ? '' : `, ${formatCount(refusals)} refused`;
    return `${lane.label}: $${usd.toFixed(2)}, ${formatCount(calls)} calls${refused}`;
  });
  return `${seconds.toFixed(1).padStart(5)} s  ${parts.join(' | ')}`;
}

/** @param {Lane[]} lanes @param {number} barWidth @param {boolean} colour */
function barLines(lanes, barWidth, colour) {
  const paint = painter(colour);
  const budgetUsd = Math.max(...lanes.map((lane) => lane.budgetUsd ?? 0));
  return lanes.map((lane) => {
    const { usd, calls, refusals } = stateOf(lane);
    const filled = Math.min(barWidth, Math.round((usd / (budgetUsd * FULL_BAR_BUDGETS)) * barWidth));
    const bar = '█'.repeat(filled) + '·'.repeat(barWidth - filled);
    const counts = `${formatCount(calls)} calls${refusals > 0 ? `, ${formatCount(refusals)} refused` : ''}`;
    return [
      lane.label.padEnd(LABEL_WIDTH),
      paint(bar, lane.budgetUsd === undefined ? 'red' : 'green'),
      paint(` $${usd.toFixed(2)}`.padStart(9), 'bold'),
      `  ${counts}`,
    ].join('');
  });
}

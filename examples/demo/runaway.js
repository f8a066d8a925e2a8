/**
 * `npm run demo -- --runaway`: sixteen copies of a looping agent under a session budget, and beside it the same without
 * one. Both apps run in processes of their own; the provider stand-in and the OTLP receiver of each are in this one.
 */
import { startStandIn, turn } from '../provider/stand-in.js';
import { formatUsd } from './format.js';
import { startLiveSpend } from './live-spend.js';
import { startReceiver } from './receiver.js';
import { runLoopingAgents } from './run.js';
import { faultsOf, figuresOf, renderRunaway } from './runaway-figures.js';

const TURNS = 32;
const BUDGET_USD = 2;

/** About four characters of English are a token. */
const CHARACTERS_PER_TOKEN = 4;

const ANSWER =
  'I have read one more page about certainty, and it raises another question that I should look into. '.repeat(
    20,
  );

/**
 * One of the two runs, seen from outside.
 * @typedef {object} Lane
 * @property {string} label
 * @property {number | undefined} [budgetUsd]
 * @property {string[]} received ids of the calls that the provider received, in the order of their arrival
 * @property {Awaited<ReturnType<typeof startReceiver>>} receiver
 * @property {Awaited<ReturnType<typeof startStandIn>>} provider
 */

/**
 * Runs both and shows them.
 * @param {number} seconds how long it takes, at least
 * @param {{ colour: boolean, width: number, stdout: NodeJS.WriteStream }} screen
 * @returns {Promise<boolean>} false when a figure is not what it has to be
 */
export async function showRunaway(seconds, { colour, width, stdout }) {
  const turnMillis = (seconds * 1000) / TURNS;
  const lanes = [
    await openLane(`budget of ${formatUsd(BUDGET_USD)}`, turnMillis, BUDGET_USD),
    await openLane('no budget', turnMillis, undefined),
  ];
  stdout.write(
    `Two sessions, each with sixteen copies of an agent that loops: ${TURNS} turns of ${Math.round(turnMillis)} ms.\n\n`,
  );
  const live = startLiveSpend(lanes, { seconds, colour, width, stdout });
  try {
    const reports = await Promise.all(lanes.map((lane) => runLane(lane, turnMillis)));
    live.stop();
    const figures = lanes.map((lane, index) => figuresOf(lane, reports[index]));
    stdout.write(`\n${renderRunaway(figures, { colour })}\n`);
    const faults = figures.flatMap(faultsOf);
    for (const fault of faults) console.error(fault);
    return faults.length === 0;
  } finally {
    live.stop();
    for (const { provider, receiver } of lanes) {
      provider.close();
      receiver.close();
    }
  }
}

/** @param {string} label @param {number} delayMillis @param {number | undefined} budgetUsd @returns {Promise<Lane>} */
async function openLane(label, delayMillis, budgetUsd) {
  /** @type {string[]} */
  const received = [];
  const provider = await startStandIn(
    (body) => {
      received.push(body.user);
      return turn({
        inputTokens: tokensOf(body.messages.map(({ content }) => content).join('')),
        outputTokens: tokensOf(ANSWER),
        text: ANSWER,
      });
    },
    { delayMillis },
  );
  return { label, budgetUsd, received, provider, receiver: await startReceiver() };
}

/** @param {string} text */
function tokensOf(text) {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** @param {Lane} lane @param {number} turnMillis */
function runLane({ label, budgetUsd, provider, receiver }, turnMillis) {
  const name = `runaway, ${label}`;
  const settings = { name, providerUrl: provider.url, turns: TURNS, turnMillis };
  return runLoopingAgents(budgetUsd === undefined ? settings : { ...settings, budgetUsd }, receiver.url);
}

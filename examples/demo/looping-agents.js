/**
 * The app of the demo's `--runaway`: sixteen copies of an agent that never finishes, in one session, with a budget or
 * without. Sends spans and metrics to where `OTEL_EXPORTER_OTLP_ENDPOINT` says, and prints one line of JSON with its own
 * figures.
 *
 *   node examples/demo/looping-agents.js '{"name":"…","providerUrl":"…","turns":32,"turnMillis":375,"budgetUsd":2}'
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { BudgetExceededError, withAgent, withLlm, withSession, withTask } from 'otel-agent-cost';
import { openAiClient } from '../provider/openai.js';
import { startMetrics, startTelemetry } from './telemetry.js';

/**
 * @typedef {object} LoopSettings
 * @property {string} name of the session
 * @property {string} providerUrl
 * @property {number} turns how often each copy calls the model, or tries to
 * @property {number} turnMillis how long a copy waits after a refused call
 * @property {number} [budgetUsd] of the session
 */

/**
 * The app's own figures.
 * @typedef {object} LoopReport
 * @property {number} tried calls that the copies wanted to make
 * @property {string[]} refused the ids of those that a budget refused
 * @property {string} [refusal] the message of the first of them
 * @property {number} costUsd of the session, as the ledger has it
 */

const COPIES = 16;
const MAX_OUTPUT_TOKENS = 600;
const METRICS_INTERVAL_MILLIS = 100;

/** @type {LoopSettings} */
const { name, providerUrl, turns, turnMillis, budgetUsd } = JSON.parse(process.argv[2] ?? '');
const client = openAiClient({ baseUrl: `${providerUrl}/v1` });

/** @type {string[]} */
const refused = [];
/** @type {string | undefined} */
let refusal;
let tried = 0;

/** One copy: each answer makes its conversation longer, so each call costs more. @param {number} copy */
function loop(copy) {
  return withTask('endless research', (task) =>
    withAgent('researcher', async () => {
      const messages = client.start('Research the question until you are certain.', 'What is certainty?');
      // Copies of an agent do not call at the same instant.
      await sleep((copy / COPIES) * turnMillis);
      for (let turn = 1; turn <= turns; turn++) {
        const reply = await ask(messages, `copy ${copy}, turn ${turn}`);
        if (reply !== undefined) messages.push(reply.message, client.userMessage('Are you certain? Go on.'));
      }
      task.fail('no answer');
    }),
  );
}

/** The reply, or undefined after a refusal: like many agents, this one takes no error for an answer and tries again. */
async function ask(/** @type {any[]} */ messages, /** @type {string} */ id) {
  const request = { ...client.request(messages), max_tokens: MAX_OUTPUT_TOKENS, user: id };
  tried += 1;
  try {
    return client.read(await withLlm({ provider: client.provider, request }, () => client.send(request)));
  } catch (error) {
    if (!(error instanceof BudgetExceededError)) throw error;
    refused.push(id);
    refusal ??= error.message;
    await sleep(turnMillis);
    return undefined;
  }
}

const telemetry = await startTelemetry({});
const metrics = startMetrics(METRICS_INTERVAL_MILLIS);
const costUsd = await withSession({ id: name, budgetUsd }, async (session) => {
  await Promise.all(Array.from({ length: COPIES }, (_, index) => loop(index + 1)));
  return session.totals.costUsd;
});
const failure = await telemetry.shutdown();
if (failure !== undefined) throw new Error(`The spans could not be sent: ${failure}`);
await metrics.shutdown();
console.log(JSON.stringify({ tried, refused, refusal, costUsd }));

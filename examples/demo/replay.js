/**
 * Replays a recorded run call by call: each is a real HTTP request to the stand-in, which answers with the recorded
 * token counts in the provider's own form. Nothing here knows a price.
 */
import { withAgent, withLlm, withStep, withTask, withTool } from 'otel-agent-cost';

/** @typedef {import('./scenario.js').Scenario} Scenario */
/** @typedef {import('./scenario.js').RecordedCall} RecordedCall */

/**
 * @typedef {object} Replay
 * @property {Scenario} scenario
 * @property {() => number} now milliseconds since 1970, at the date of the recording
 * @property {import('../provider/connect.js').Client} client
 * @property {() => void} dropConnections breaks the stand-in's open connections
 * @property {(listener: () => void) => void} onSilence says what to do when a request gets no answer
 */

/** All agents of the run are open at once and take turns, as recorded. @param {Replay} replay */
export function replayRun(replay) {
  const { scenario, now } = replay;
  const turns = takeTurns();
  const agents = [...new Set(scenario.calls.map((call) => call.agent))];
  return withTask({ name: scenario.name, startTimeMillis: now() }, async (task) => {
    const run = (/** @type {string} */ name) =>
      withAgent({ name, startTimeMillis: now() }, () => runAgent(name, replay, turns));
    await Promise.all(agents.map(run));
    return task.totals;
  });
}

/** Lets one step run at a time, in the order of the recording. */
function takeTurns() {
  let current = 0;
  /** @type {Map<number, () => void>} */
  const waiting = new Map();
  return {
    /** @param {number} turn @returns {Promise<void> | void} */
    waitFor: (turn) => (turn > current ? new Promise((resolve) => waiting.set(turn, resolve)) : undefined),
    pass: () => waiting.get(++current)?.(),
  };
}

/** @param {string} agent @param {Replay} replay @param {ReturnType<typeof takeTurns>} turns */
async function runAgent(agent, replay, turns) {
  for (const [index, call] of replay.scenario.calls.entries()) {
    if (call.agent !== agent) continue;
    await turns.waitFor(index);
    try {
      await withStep({ name: 'turn', startTimeMillis: replay.now() }, () => takeStep(call, replay));
    } catch (error) {
      if (call.stopReason !== 'error') throw error;
    } finally {
      turns.pass();
    }
  }
}

/** One recorded call of the model and the tools it asked for. @param {RecordedCall} call @param {Replay} replay */
async function takeStep(call, replay) {
  const { scenario, client, now } = replay;
  const request = client.request([client.userMessage('(a recording has no text)')]);
  const options = { provider: scenario.provider, request, startTimeMillis: now() };
  if (scenario.streamed) await readStream(call, options, replay);
  else await withLlm(options, () => client.send(request));
  for (const tool of call.tools) await runTool(tool, now);
}

/**
 * Reads a streamed answer. Where the recorded user gave up, so does this one; where the connection was lost, it is.
 * @param {RecordedCall} call @param {import('otel-agent-cost').LlmOptions & { request: object }} options @param {Replay} replay
 */
async function readStream(call, options, { client, dropConnections, onSilence }) {
  const user = new AbortController();
  onSilence(() => user.abort());
  try {
    for await (const event of withLlm(options, () => client.stream(options.request, user.signal))) {
      if (event.type !== 'content_block_delta') continue;
      if (call.stopReason === 'aborted') user.abort();
      if (call.stopReason === 'error') dropConnections();
    }
  } catch (error) {
    if (!user.signal.aborted) throw error;
  }
}

/**
 * The recorded tools ran on the author's machine and cost nothing, so none is declared to bill.
 * @param {{ name: string, failed: boolean }} tool @param {() => number} now
 */
async function runTool({ name, failed }, now) {
  try {
    await withTool({ name, startTimeMillis: now() }, async () => {
      if (failed) throw new Error('it failed when it was recorded, too');
    });
  } catch (error) {
    if (!failed) throw error;
  }
}

/**
 * The demo's agent process: runs one scenario against the stand-in, metered, and exports its spans over OTLP to
 * `OTEL_EXPORTER_OTLP_ENDPOINT`. Prints one line of JSON: the trace, the totals and possible savings, as known to this
 * process.
 *
 *   node examples/demo/agents.js <scenario.json> [--today] [--dialects a,b]
 */
import { randomUUID } from 'node:crypto';
import { withSession } from 'otel-agent-cost';
import { costHints, recordCalls } from 'otel-agent-cost/optimize';
import { research, researchTools } from '../agent-loop.js';
import { anthropicClient } from '../provider/anthropic.js';
import { openAiClient } from '../provider/openai.js';
import { startStandIn, turn } from '../provider/stand-in.js';
import { dialectOptions, readOptions } from './options.js';
import { replayRun } from './replay.js';
import { readScenario } from './scenario.js';
import { SERVICE_NAME, startTelemetry } from './telemetry.js';

/** @typedef {import('./scenario.js').Scenario} Scenario */

const ARGUMENTS = { web_search: { query: 'observability' }, read_page: { key: 'Observability' } };

/** The stand-in's answers to the calls of a scenario. @param {Scenario} scenario */
function scriptOf({ calls }) {
  return calls.map((call, index) =>
    turn({
      ...call,
      text: index === calls.length - 1 ? 'Answer: as in the script.' : 'Let me see.',
      toolCalls: call.tools.map(({ name }) => ({ name, arguments: ARGUMENTS[name] ?? {} })),
    }),
  );
}

/** A clock that starts at a given time, or shows the real time. @param {string | undefined} startTime ISO 8601 */
function clockFrom(startTime) {
  const startMillis = startTime === undefined ? Date.now() : Date.parse(startTime);
  const begun = performance.now();
  return () => startMillis + performance.now() - begun;
}

/** @param {Scenario} scenario @param {() => number} now */
async function run(scenario, now) {
  let onSilence = () => {};
  const standIn = await startStandIn(scriptOf(scenario), { onSilence: () => onSilence() });
  const createClient = scenario.provider === 'openai' ? openAiClient : anthropicClient;
  const client = createClient({ baseUrl: `${standIn.url}/v1`, model: scenario.model });
  try {
    if (scenario.toolFeesUsd) {
      const tools = researchTools(standIn.url, scenario.toolFeesUsd);
      return (await research('What is observability?', { client, tools })).totals;
    }
    return await replayRun({
      scenario,
      now,
      client,
      dropConnections: standIn.dropConnections,
      onSilence: (listener) => {
        onSilence = listener;
      },
    });
  } finally {
    standIn.close();
  }
}

/** How far `--today` moves the spans of a recorded run, in whole seconds. @param {Scenario} scenario */
function secondsSince({ startTime }) {
  return startTime === undefined ? 0 : Math.floor((Date.now() - Date.parse(startTime)) / 1000);
}

const { paths, dialects, today } = readOptions(process.argv.slice(2));
const scenario = await readScenario(paths[0] ?? '');
const telemetry = await startTelemetry(
  { overrides: scenario.overrides ?? {}, ...dialectOptions(dialects) },
  { moveSeconds: today ? secondsSince(scenario) : 0 },
);
const sessionId = `demo-${scenario.name}-${randomUUID().slice(0, 4)}`;
const now = clockFrom(scenario.startTime);
recordCalls();
await withSession({ id: sessionId, startTimeMillis: now() }, async ({ span }) => {
  // Backends list traces by the name of the root, which would be "session" for all of them.
  span.updateName(`demo ${scenario.name}`);
  const { costUsd, inputTokens, outputTokens, costComplete } = await run(scenario, now);
  const { traceId } = span.spanContext();
  const totals = { costUsd, inputTokens, outputTokens, costComplete };
  const hints = costHints(sessionId);
  console.log(JSON.stringify({ serviceName: SERVICE_NAME, traceId, sessionId, totals, hints }));
});
const failure = await telemetry.shutdown();
if (failure !== undefined) {
  console.error(`The spans could not be sent: ${failure}`);
  process.exitCode = 1;
}

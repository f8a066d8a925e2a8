/**
 * `npm run demo`: three agent runs in separate processes, which export over OTLP to a receiver in this one; shows the
 * received spans. With OTEL_EXPORTER_OTLP_ENDPOINT set, they export there instead.
 *
 *   node examples/demo/main.js [scenario.json …]
 */
import { fileURLToPath } from 'node:url';
import { painter } from './format.js';
import { describeOwnBackend } from './own-backend.js';
import { startReceiver } from './receiver.js';
import { runAgents } from './run.js';
import { readScenario } from './scenario.js';
import { renderHints, renderSummary } from './summary.js';
import { renderTotals } from './totals.js';
import { renderTree } from './tree.js';

const MAX_WIDTH = 100;
const DEFAULT_SCENARIOS = [
  './research.json',
  '../recorded/tau2-airline.json',
  '../recorded/pi-coding-session.json',
].map((path) => fileURLToPath(new URL(path, import.meta.url)));

const { argv, env, stdout } = process;
const scenarioPaths = argv.length > 2 ? argv.slice(2) : DEFAULT_SCENARIOS;
const colour = stdout.isTTY === true && !env.NO_COLOR;
const width = Math.min(stdout.columns ?? MAX_WIDTH, MAX_WIDTH);
const paint = painter(colour);

/** @param {string} scenarioPath @param {import('./scenario.js').Scenario} scenario @param {Awaited<ReturnType<typeof startReceiver>>} receiver */
async function showRun(scenarioPath, scenario, receiver) {
  const { traceId, hints } = await runAgents(scenarioPath, receiver.url);
  const spans = receiver.spans.filter((span) => span.traceId === traceId);
  console.log(`${renderTree(spans, { colour, width })}\n`);
  console.log(`${renderTotals(spans, scenario.bill, { colour })}\n`);
  return { scenario, spans, hints };
}

async function showWhatArrives() {
  const receiver = await startReceiver();
  console.log(`Agents run in processes of their own and export over OTLP to ${receiver.url}.`);
  console.log('All figures below are read from the spans that arrived there.\n');
  const runs = [];
  for (const path of scenarioPaths) {
    const scenario = await readScenario(path);
    console.log(titleOf(scenario));
    runs.push(await showRun(path, scenario, receiver));
  }
  receiver.close();
  console.log(renderSummary(runs, { colour }));
  console.log(`\n${renderHints(runs, { colour, width })}`);
  console.log(
    '\nTo see the same in your backend: OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 npm run demo',
  );
  console.log('The loop to copy is in examples/agent-loop.js; with OPENAI_API_KEY it asks the real model.');
}

/** @param {string} endpoint */
async function exportToOwnBackend(endpoint) {
  console.log(
    `Agents export to your backend at ${endpoint}, so this shows only what they know themselves.\n`,
  );
  for (const path of scenarioPaths) {
    const scenario = await readScenario(path);
    console.log(titleOf(scenario));
    const report = await runAgents(path, undefined);
    const { startTime } = scenario;
    console.log(`${describeOwnBackend(report, endpoint, { colour, startTime })}\n`);
  }
}

/** @param {import('./scenario.js').Scenario} scenario */
function titleOf({ title, startTime, source }) {
  const from = source && `recorded ${startTime?.slice(0, 10)}, ${source.repo} (${source.license})`;
  return from ? `${paint(title, 'bold')}\n${paint(from, 'dim')}` : paint(title, 'bold');
}

const ownBackend = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
try {
  await (ownBackend ? exportToOwnBackend(ownBackend) : showWhatArrives());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

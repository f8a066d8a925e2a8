/**
 * `npm run demo`: three agent runs in separate processes, which export over OTLP to a receiver in this one; shows the
 * received spans. With OTEL_EXPORTER_OTLP_ENDPOINT set, they export there instead. With `--view`, they export to the
 * viewer; with `--runaway`, a budget stops sixteen looping agents.
 *
 *   node examples/demo/main.js [options] [scenario.json …]
 */
import { fileURLToPath } from 'node:url';
import { painter } from './format.js';
import { HELP, readOptions, UsageError } from './options.js';
import { describeOwnBackend } from './own-backend.js';
import { startReceiver } from './receiver.js';
import { runAgents } from './run.js';
import { showRunaway } from './runaway.js';
import { readScenario } from './scenario.js';
import { renderHints, renderSummary } from './summary.js';
import { protocolFrom } from './telemetry.js';
import { renderTotals } from './totals.js';
import { renderTree } from './tree.js';
import { showInViewer } from './viewer.js';

const MAX_WIDTH = 100;
const DEFAULT_SCENARIOS = [
  './research.json',
  '../recorded/tau2-airline.json',
  '../recorded/pi-coding-session.json',
].map((path) => fileURLToPath(new URL(path, import.meta.url)));

const { argv, env, stdout } = process;
const colour = stdout.isTTY === true && !env.NO_COLOR;
const width = Math.min(stdout.columns ?? MAX_WIDTH, MAX_WIDTH);
const paint = painter(colour);

/** @typedef {import('./options.js').DemoOptions} DemoOptions */

/** @param {string} scenarioPath @param {import('./scenario.js').Scenario} scenario @param {Awaited<ReturnType<typeof startReceiver>>} receiver @param {DemoOptions} options */
async function showRun(scenarioPath, scenario, receiver, options) {
  const { traceId, hints } = await runAgents(scenarioPath, receiver.url, options);
  const spans = receiver.spans.filter((span) => span.traceId === traceId);
  console.log(`${renderTree(spans, { colour, width })}\n`);
  console.log(`${renderTotals(spans, scenario.bill, { colour })}\n`);
  return { scenario, spans, hints };
}

/** @param {DemoOptions} options */
async function showWhatArrives(options) {
  const receiver = await startReceiver();
  console.log(`Agents run in processes of their own and export over OTLP to ${receiver.url}.`);
  console.log('All figures below are read from the spans that arrived there.\n');
  const runs = [];
  for (const path of options.paths) {
    const scenario = await readScenario(path);
    console.log(titleOf(scenario));
    runs.push(await showRun(path, scenario, receiver, options));
  }
  receiver.close();
  console.log(renderSummary(runs, { colour }));
  console.log(`\n${renderHints(runs, { colour, width })}`);
  console.log('\nTo see the same in your backend, dated now:');
  console.log('OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 npm run demo -- --today');
  console.log('The loop to copy is in examples/agent-loop.js; with OPENAI_API_KEY it asks the real model.');
}

/** @param {string} endpoint @param {DemoOptions} options */
async function exportToOwnBackend(endpoint, options) {
  protocolFrom(env);
  console.log(
    `Agents export to your backend at ${endpoint}, so this shows only what they know themselves.\n`,
  );
  for (const path of options.paths) {
    const scenario = await readScenario(path);
    console.log(titleOf(scenario));
    const report = await runAgents(path, undefined, options);
    const startTime = options.today ? undefined : scenario.startTime;
    console.log(`${describeOwnBackend(report, endpoint, { colour, startTime })}\n`);
  }
}

/** @param {import('./scenario.js').Scenario} scenario */
function titleOf({ title, startTime, source }) {
  const from = source && `recorded ${startTime?.slice(0, 10)}, ${source.repo} (${source.license})`;
  return from ? `${paint(title, 'bold')}\n${paint(from, 'dim')}` : paint(title, 'bold');
}

/** @returns the exit code */
async function main() {
  const given = readOptions(argv.slice(2));
  if (given.help) {
    console.log(HELP);
    return 0;
  }
  if (given.view) return showInViewer();
  if (given.runaway) return (await showRunaway(given.seconds, { colour, width, stdout })) ? 0 : 1;
  const options = { ...given, paths: given.paths.length > 0 ? given.paths : DEFAULT_SCENARIOS };
  const ownBackend = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  await (ownBackend ? exportToOwnBackend(ownBackend, options) : showWhatArrives(options));
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof UsageError) console.error('npm run demo -- --help lists the options.');
  process.exit(error instanceof UsageError ? 2 : 1);
}

/** Runs agents in a process of their own and waits until its spans are sent. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const AGENTS = fileURLToPath(new URL('./agents.js', import.meta.url));
const LOOPING_AGENTS = fileURLToPath(new URL('./looping-agents.js', import.meta.url));

/**
 * The agent process's own figures, independent of whether its spans arrived.
 * @typedef {object} RunReport
 * @property {string} serviceName
 * @property {string} traceId
 * @property {string} sessionId
 * @property {Record<string, any>} totals
 * @property {import('otel-agent-cost/optimize').CostHint[]} hints the largest amounts first
 */

/**
 * @param {string} scenarioPath
 * @param {string | undefined} endpoint where the spans go; without one, what the `OTEL_*` variables say
 * @param {{ dialects?: string[], today?: boolean }} [options] as the demo's own
 * @returns {Promise<RunReport>}
 */
export function runAgents(scenarioPath, endpoint, { dialects = [], today = false } = {}) {
  const options = [
    ...(today ? ['--today'] : []),
    ...(dialects.length > 0 ? ['--dialects', dialects.join(',')] : []),
  ];
  return runProcess([AGENTS, scenarioPath, ...options], endpoint, scenarioPath);
}

/**
 * @param {import('./looping-agents.js').LoopSettings} settings
 * @param {string} endpoint where spans and metrics go
 * @returns {Promise<import('./looping-agents.js').LoopReport>}
 */
export function runLoopingAgents(settings, endpoint) {
  return runProcess([LOOPING_AGENTS, JSON.stringify(settings)], endpoint, settings.name);
}

/**
 * Returns the JSON that the process prints.
 * @param {string[]} args @param {string | undefined} endpoint @param {string} name for errors @returns {Promise<any>}
 */
async function runProcess(args, endpoint, name) {
  const child = spawn(process.execPath, args, {
    env: endpoint === undefined ? process.env : environmentFor(endpoint),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = text(child.stdout);
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`the agent process for ${name} ended with code ${code}`);
  return JSON.parse(await output);
}

/** Nothing in the caller's environment may sample, redirect or disable what our own receiver waits for. @param {string} endpoint */
function environmentFor(endpoint) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('OTEL_'));
  return { ...Object.fromEntries(kept), OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
}

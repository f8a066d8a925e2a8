/** Runs one client with one instrumentation in a process of its own, in every mode, and judges it. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { MODES, pairName } from './matrix.js';
import { WORK } from './stage.js';
import { judge } from './verdict.js';

const TIMEOUT_MILLIS = 240_000;

/**
 * @param record true to keep what the client gave to the app in the mode `bare`, too
 * @returns by mode and scenario `{ verdict, served, spans, responses, error, unknown }`
 */
export async function runRow({ provider, folder, name, pair, node, scenarios, record }) {
  const { row, instrumentation } = pair;
  const modes = row.modes ?? MODES;
  const runOf = (mode) => encodeURIComponent(`${name}:${row.client}:${instrumentation}:${mode}`);
  const runs = Object.fromEntries(modes.map((mode) => [mode, `${provider.url}/${runOf(mode)}`]));
  const argument = { folder, client: row.client, instrumentation, modes, scenarios, runs, record };
  const results = await runApp(join(WORK, 'frameworks/app/main.js'), argument, node, row);
  return Object.fromEntries(
    modes.map((mode) => [
      mode,
      Object.fromEntries(
        Object.entries(results[mode] ?? {}).map(([scenario, { spans, error, responses }]) => {
          const served = provider.served(runOf(mode), scenario);
          const verdict = judge({ scenario, mode, served, spans, error });
          const unknown = provider.unknown(runOf(mode));
          return [scenario, { verdict, served, spans, responses, error, unknown }];
        }),
      ),
    ]),
  );
}

/** The verdict after the folder's exceptions: one that is no longer needed is a failure. */
export function listed(exceptions, pair, mode, scenario, verdict) {
  const exception = [`${pairName(pair)}, ${mode}`, pairName(pair)]
    .map((key) => exceptions[key])
    .find((entry) => entry?.scenarios.includes(scenario));
  if (exception === undefined) return verdict;
  const isNeeded = verdict.startsWith('wrong');
  return isNeeded
    ? `known: ${verdict.slice('wrong: '.length)}`
    : `wrong: listed as an exception, and came out ${verdict}`;
}

function runApp(file, argument, node, row) {
  return new Promise((resolve, reject) => {
    // A test run says so in NODE_ENV, and then some clients make no spans.
    const env = { ...process.env, NODE_ENV: 'production', ...row.env };
    const options = { silent: true, timeout: TIMEOUT_MILLIS, env, execPath: node, cwd: argument.folder };
    const app = fork(file, [JSON.stringify(argument)], { ...options, execArgv: row.nodeArguments ?? [] });
    const output = [];
    for (const stream of [app.stdout, app.stderr]) stream.on('data', (data) => output.push(data));
    app.on('message', (results) => {
      if (process.env.SHOW_OUTPUT) process.stdout.write(Buffer.concat(output));
      resolve(results);
    });
    app.on('error', reject);
    app.on('exit', (code, signal) =>
      reject(new Error(`the app ended (${code ?? signal}): ${Buffer.concat(output)}`)),
    );
  });
}

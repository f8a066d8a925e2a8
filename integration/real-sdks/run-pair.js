/** Runs one pair in a process of its own, because instrumentations patch what is global there. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EXCEPTIONS } from './matrix.js';
import { judge } from './verdict.js';

const APP = fileURLToPath(new URL('app/main.js', import.meta.url));
const TIMEOUT_MILLIS = 60_000;

/** @returns the verdict of each scenario */
export async function runPair(provider, pair) {
  const { client, instrumentation, wrapped } = pair;
  const run = `${client}:${instrumentation}:${wrapped ? 'wrapped' : 'bare'}`;
  const results = await runApp({ client, instrumentation, wrapped, url: `${provider.url}/${run}` });
  return Object.fromEntries(
    Object.entries(results).map(([scenario, spans]) => {
      const served = provider.served(run, scenario);
      return [scenario, listed(pair, scenario, judge({ scenario, served, spans, wrapped }))];
    }),
  );
}

function listed({ client, instrumentation }, scenario, verdict) {
  const exception = EXCEPTIONS[`${client}, ${instrumentation}`];
  if (!exception?.scenarios.includes(scenario)) return verdict;
  const isNeeded = verdict.startsWith('wrong') || verdict === exception.verdict;
  return isNeeded ? exception.verdict : `wrong: listed as an exception, and came out ${verdict}`;
}

function runApp(argument) {
  return new Promise((resolve, reject) => {
    // A test run says so in NODE_ENV, and then some clients make no spans.
    const env = { ...process.env, NODE_ENV: 'production' };
    const app = fork(APP, [JSON.stringify(argument)], { silent: true, timeout: TIMEOUT_MILLIS, env });
    const output = [];
    for (const stream of [app.stdout, app.stderr]) stream.on('data', (data) => output.push(data));
    app.on('message', resolve);
    app.on('error', reject);
    app.on('exit', (code, signal) =>
      reject(new Error(`the app ended (${code ?? signal}): ${output.join('')}`)),
    );
  });
}

/**
 * An app with one client and one instrumentation, from one of the folders beside this one. Runs every scenario in every
 * mode and hands the spans to its parent process.
 *
 *   node app/main.js '{"folder":"/…/frameworks/google","client":"genai","instrumentation":"none","modes":["bare"],
 *                      "scenarios":["plain"],"runs":{"bare":"http://…/run"}}'
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startSdk } from './sdk.js';

/** Instrumentations may end a span a little after the call they watch; some read on what the app has broken off. */
const SETTLE_MILLIS = 40;
const SETTLE_MILLIS_BROKEN = 400;

const SCENARIO_TIMEOUT_MILLIS = 15_000;

const { folder, client, instrumentation, modes, scenarios: only, runs, record } = JSON.parse(process.argv[2]);
const require = createRequire(join(folder, 'package.json'));
const load = (name) => import(pathToFileURL(require.resolve(name)));
const fileOf = (path) => import(pathToFileURL(join(folder, path)));

// One scenario's failure must not end the others. A framework may reject beside the promise it returns.
process.on('unhandledRejection', () => {});
process.on('uncaughtException', (error) => process.stderr.write(`uncaught: ${error.stack}\n`));

const { SpanStatusCode, trace } = await load('@opentelemetry/api');
const { withLlm, withTask } = await load('otel-agent-cost');
const sdk = await startSdk({ load, fileOf, instrumentation });
if (instrumentation !== 'none') {
  const { INSTRUMENTS } = await fileOf('instrumentations.js');
  for (const name of instrumentation.split('+')) await INSTRUMENTS[name]({ provider: sdk.provider, require });
}
const { createScenarios } = await fileOf(`clients/${client}.js`);
const tracer = trace.getTracer('app');
/** The responses that the client gave to the app, where they are asked for: then every promise has one reader more. */
let responses = [];
const unwrapped = (_options, fn) => (record ? noted(fn()) : fn());

const results = {};
for (const mode of modes) results[mode] = await runMode(mode);
process.send(results, () => process.exit(0));

async function runMode(mode) {
  const isWrapped = mode === 'withLlm' || mode === 'both';
  const isTask = mode === 'withTask' || mode === 'both';
  const scenarios = await createScenarios({
    urlOf: (scenario) => `${runs[mode]}/${scenario}`,
    hasTelemetry: instrumentation !== 'none',
    instrumentation,
    call: isWrapped ? withLlm : unwrapped,
    task: isTask ? withTask : unwrapped,
    mode,
    provider: sdk.provider,
  });
  const outcomes = {};
  for (const [name, run] of Object.entries(scenarios)) {
    if (only !== undefined && !only.includes(name)) continue;
    outcomes[name] = await runScenario(`${mode}/${name}`, name, isTask ? () => withTask(name, run) : run);
  }
  return outcomes;
}

/** Below a span that is nobody's LLM or agent span, as in a web server. What the client throws is its own affair. */
async function runScenario(key, name, run) {
  let error;
  sdk.begin(key);
  await tracer.startActiveSpan(`app ${name}`, async (root) => {
    try {
      await Promise.race([run(), timeOut()]);
    } catch (thrown) {
      error = String(thrown?.stack ?? thrown).slice(0, 2000);
      root.setStatus({ code: SpanStatusCode.ERROR });
    }
    await pause(name === 'aborted' ? SETTLE_MILLIS_BROKEN : SETTLE_MILLIS);
    root.end();
  });
  await sdk.flush();
  const given = responses;
  responses = [];
  return { spans: sdk.take(key), error, ...(record && { responses: given }) };
}

function noted(value) {
  // A loop that can be awaited or iterated would run twice.
  if (typeof value?.then === 'function' && !(Symbol.asyncIterator in value)) value.then(note, () => {});
  return value;
}

/** As JSON, because that is all that a fixture can hold. Streams are left out. */
function note(value) {
  if (typeof value !== 'object' || value === null || Symbol.asyncIterator in value) return;
  try {
    responses.push(JSON.parse(JSON.stringify(value)));
  } catch {
    // It has a circle.
  }
}

async function timeOut() {
  await pause(SCENARIO_TIMEOUT_MILLIS);
  throw new Error(`not done in ${SCENARIO_TIMEOUT_MILLIS} ms`);
}

function pause(millis) {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

/**
 * Runs a packed tarball on Bun and Deno, in an app that installs it from npm: the wrappers, the processor, and the
 * zero-code entry with every way in which a process can end. The runtimes come from npm and are built for Linux
 * x64; on other platforms everything is skipped. The programs send to loopback only. Ends with `N passed, N failed,
 * N skipped`.
 *
 *   node scripts/check-runtimes.mjs <tarball>
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApp, npm, readManifest } from '../.ci/runtimes/app.mjs';
import { startReceiver } from '../.ci/runtimes/receiver.mjs';

const SDK = [
  '@opentelemetry/api@1.9',
  '@opentelemetry/sdk-trace-node@2',
  '@opentelemetry/exporter-trace-otlp-http@0.223',
  '@opentelemetry/resources@2',
];
const METRICS = ['@opentelemetry/sdk-metrics@2', '@opentelemetry/exporter-metrics-otlp-http@0.223'];
/** Packages that the shipped examples need in addition to the library. */
const EXAMPLES = ['lru-cache@11'];
// The newest versions that install on Node 20.
const CLIENT = 'openai@6.49.0';
const HOOKED = '@opentelemetry/instrumentation-openai@0.21.0';
const BY_HAND = '@arizeai/openinference-instrumentation-openai@4.2.7';

const runtimesFolder = fileURLToPath(new URL('../.ci/runtimes', import.meta.url));
const runtimes = [
  {
    name: 'bun',
    folder: join(runtimesFolder, 'node_modules/@oven/bun-linux-x64'),
    binary: 'bin/bun',
    // Otherwise it asks the registry for packages that are not installed.
    run: ['--no-install'],
    preload: ['--preload', 'otel-agent-cost/register'],
  },
  {
    name: 'deno',
    folder: join(runtimesFolder, 'node_modules/@deno/linux-x64-glibc'),
    binary: 'deno',
    run: ['run', '-A'],
    preload: ['--preload', 'npm:otel-agent-cost/register'],
  },
];

/** The spans and output of `agent.mjs` that its receiver and user must see. */
const AGENT_COSTS = {
  'chat gpt-4o': { cost_usd: 0.0035 },
  'execute_tool web_search': { cost_usd: 0.005 },
  'task research': { 'task.cost_usd': 0.0085 },
};
const AGENT_SUMMARY =
  /^task "research" success: \$0\.0085, 1,000 tokens in, 100 out, 1 LLM call, 1 tool call, \d+\.\d s$/m;

const ROOT_CHECKS = {
  'is the version of the lock file': async ({ folder, binary }) => {
    const { stdout } = await app.start(join(folder, binary), ['--version']);
    assert.match(stdout, new RegExp(`^(deno )?${readManifest(folder).version}\\b`));
  },
  'a call costs what its tokens cost': (runtime) =>
    assertLedger(runtime, 'call', { content: 'hello', costUsd: 0.0035 }),
  'agents and tools add up in their task, what a timer records included': (runtime) =>
    assertLedger(runtime, 'nested', {
      costUsd: 0.2585,
      llmCostUsd: 0.0035,
      toolCostUsd: 0.005,
      llmCalls: 1,
      toolCalls: 1,
      outerAgentUsd: 0.2585,
      innerAgentUsd: 0.255,
    }),
  'tasks at the same time keep their costs apart': (runtime) =>
    assertLedger(runtime, 'parallel', [0.0085, 0.012, 0.0155, 0.019]),
  'streams at the same time are billed to the tasks that read them': (runtime) =>
    assertLedger(runtime, 'streamed', [
      { content: 'hello', costUsd: 0.0035 },
      { content: 'hello', costUsd: 0.0185 },
    ]),
  'tasks that an async generator opens': (runtime) => assertLedger(runtime, 'generator', [0.0035, 0.005]),
  'the root by require()': async (runtime) => {
    const { stdout } = await run(runtime, ['required.cjs']);
    assert.equal(stdout.trim(), '0.0035');
  },
  'an app with an SDK of its own sends the costs': async (runtime) => {
    await run(runtime, ['provider.mjs']);
    const spans = assertSpans({
      'chat gpt-4o': { cost_usd: 0.0035 },
      'execute_tool web_search': { cost_usd: 0.005 },
      'invoke_agent researcher': { 'agent.cost_usd': 0.0085 },
      'task wrapped': { 'task.cost_usd': 0.0085, 'task.llm_cost_usd': 0.0035, 'task.tool_cost_usd': 0.005 },
      'chat by another': { cost_usd: 0.007 },
      'task instrumented': { 'task.cost_usd': 0.007 },
    });
    assert.equal(spans['chat gpt-4o'].parentSpanId, spans['invoke_agent researcher'].spanId);
    assert.equal(spans['invoke_agent researcher'].parentSpanId, spans['task wrapped'].spanId);
    assert.equal(spans['chat by another'].parentSpanId, spans['task instrumented'].spanId);
    assert.notEqual(spans['task wrapped'].traceId, spans['task instrumented'].traceId);
  },
  'register, and the app comes to its end': (runtime) => assertMetered(runtime, 'return'),
  'register, and the app calls process.exit': (runtime) => assertMetered(runtime, 'exit', { code: 3 }),
  'register, and the app throws': (runtime) => assertMetered(runtime, 'throw', { code: 1 }),
  'register, and a timer throws': (runtime) => assertMetered(runtime, 'throw-later', { code: 1 }),
  'register, and a promise is rejected': (runtime) => assertMetered(runtime, 'reject', { code: 1 }),
  'register, and SIGTERM comes': (runtime) => assertMetered(runtime, 'wait', { signal: 'SIGTERM' }),
  'register, and SIGINT comes': (runtime) => assertMetered(runtime, 'wait', { signal: 'SIGINT' }),
  'register in front of a CommonJS app': async (runtime) => {
    assertAgent(await run(runtime, ['agent.cjs'], { preload: runtime.preload }));
  },
  'register as the first import': async (runtime) => {
    assertAgent(await run(runtime, ['import-first.mjs', 'return']));
  },
};

const DENO_CHECKS = {
  'register, and the app calls Deno.exit': (runtime) => assertMetered(runtime, 'deno-exit', { code: 3 }),
  'register with no more rights than it needs': async (runtime) => {
    // Reading is for the version of the prices; running, for an end after which nothing can be awaited.
    const rights = ['--no-prompt', '--allow-env', '--allow-read', '--allow-net', '--allow-run'];
    await assertMetered({ ...runtime, run: ['run', ...rights] }, 'exit', { code: 3 });
  },
  'the OpenTelemetry of Deno itself sends the costs, without an SDK': async (runtime) => {
    const env = { OTEL_DENO: 'true', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
    await run(runtime, ['agent.mjs', 'return'], { env });
    assertSpans(AGENT_COSTS);
  },
};

const PACKAGES_CHECKS = {
  'register sends the metrics': async (runtime) => {
    await assertMetered(runtime, 'return');
    assert.equal(receiver.metricSum('cost.usd'), 0.0085);
  },
  'the examples print what they print on Node.js': async (runtime) => {
    const folder = 'node_modules/otel-agent-cost/examples';
    const examples = readdirSync(join(app.folder, folder)).filter((file) => file.endsWith('.js'));
    assert.ok(examples.length > 0);
    for (const example of examples.map((file) => `${folder}/${file}`)) {
      const { stdout } = await app.start(process.execPath, [example]);
      assert.equal((await run(runtime, [example])).stdout, stdout, example);
    }
  },
};

const HOOKED_CHECKS = {
  'register sees a client that is required': (runtime) => assertClientSeen(runtime, 'client.cjs'),
  'register says that it does not see a client that is imported': async (runtime) => {
    const { stdout, stderr } = await run(runtime, ['client.mjs'], { preload: runtime.preload });
    assert.equal(stdout.trim(), 'hello');
    assert.match(stderr, /no GenAI span was seen.+sees what is loaded with require\(\), and not with import/);
    // It is installed, but can do nothing without a loader.
    assert.doesNotMatch(stderr, /import-in-the-middle/);
  },
};

const BY_HAND_CHECKS = {
  'register sees a client that is required, with OpenInference': (runtime) =>
    assertClientSeen(runtime, 'client.cjs'),
  'register sees a client that is imported, with OpenInference': (runtime) =>
    assertClientSeen(runtime, 'client.mjs'),
};

/** Each with the packages that the app has installed for it. */
const phases = [
  { install: () => app.install(SDK), bun: ROOT_CHECKS, deno: { ...ROOT_CHECKS, ...DENO_CHECKS } },
  { install: () => app.add([...METRICS, ...EXAMPLES]), bun: PACKAGES_CHECKS, deno: PACKAGES_CHECKS },
  { install: () => app.add([CLIENT, HOOKED]), bun: HOOKED_CHECKS, deno: HOOKED_CHECKS },
  { install: () => app.add([CLIENT, BY_HAND]), bun: BY_HAND_CHECKS, deno: BY_HAND_CHECKS },
];

const counts = { passed: 0, failed: 0, skipped: 0 };
const app = createApp(resolve(process.argv[2] ?? ''));
const receiver = await startReceiver();
if (process.platform === 'linux' && process.arch === 'x64') await checkAll();
else skipAll();
receiver.close();
app.remove();
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed > 0 ? 1 : 0);

async function checkAll() {
  if (!(await report('npm: the runtimes are installed', () => npm(runtimesFolder, 'ci')))) return;
  for (const { install, ...checks } of phases) {
    // None of the checks below could pass.
    if (!(await report('npm: the packages of the app are installed', install))) return;
    for (const runtime of runtimes) {
      for (const [name, check] of Object.entries(checks[runtime.name])) {
        receiver.forget();
        await report(`${runtime.name}: ${name}`, () => check(runtime));
      }
    }
  }
}

function skipAll() {
  console.log('Skipped: Bun and Deno (Linux x64 only)');
  for (const { bun, deno } of phases) counts.skipped += Object.keys(bun).length + Object.keys(deno).length;
}

async function report(name, check) {
  try {
    await check();
    counts.passed += 1;
    console.log(`✓ ${name}`);
    return true;
  } catch (error) {
    counts.failed += 1;
    console.log(`✗ ${name}\n${error.stderr ?? ''}${error.message}`);
    return false;
  }
}

/** Runs a file of the app and checks how it ends. */
async function run(runtime, args, { preload = [], code = 0, signal, env = {} } = {}) {
  const finished = await app.start(
    join(runtime.folder, runtime.binary),
    [...runtime.run, ...preload, ...args],
    {
      signal,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_AGENT_COST_SUMMARY: '1',
        MODEL_URL: receiver.modelUrl,
        ...env,
      },
    },
  );
  const end = finished.signal ?? finished.code;
  assert.equal(end, signal ?? code, `${args.join(' ')} ended with ${end}\n${finished.stderr}`);
  return finished;
}

async function assertLedger(runtime, scenario, expected) {
  const { stdout } = await run(runtime, ['ledger.mjs', scenario]);
  assert.deepEqual(JSON.parse(stdout), expected);
}

async function assertMetered(runtime, end, expected = {}) {
  assertAgent(await run(runtime, ['agent.mjs', end], { ...expected, preload: runtime.preload }));
}

/** Checks that the spans of `agent.mjs` arrived and its task was reported. */
function assertAgent({ stderr }) {
  assertSpans(AGENT_COSTS);
  assert.match(stderr, AGENT_SUMMARY);
}

async function assertClientSeen(runtime, file) {
  const { stdout, stderr } = await run(runtime, [file], { preload: runtime.preload });
  assert.equal(stdout.trim(), 'hello');
  const costs = receiver.spans().flatMap(({ attributes }) => attributes.cost_usd ?? []);
  assert.deepEqual(costs, [0.0035], stderr);
}

/** Checks that exactly these spans arrived, each once, with these attributes among theirs. Returns them by name. */
function assertSpans(expected) {
  const spans = receiver.spans();
  assert.deepEqual(spans.map(({ name }) => name).sort(), Object.keys(expected).sort());
  const byName = Object.fromEntries(spans.map((span) => [span.name, span]));
  for (const [name, attributes] of Object.entries(expected)) {
    for (const [key, value] of Object.entries(attributes)) {
      assert.equal(byName[name].attributes[key], value, `${key} of ${name}`);
    }
  }
  return byName;
}

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type App, createApp, SDK_PACKAGES } from '../support/app.js';
import { type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { someRows } from '../support/some-rows.js';

/** A place where only the app can find the SDK, such as inside another package's folder. */
const HIDDEN_SDK = createRequire(import.meta.url).resolve('@opentelemetry/sdk-trace-node');

const TASK = `
await withTask('research', async () => {
  await withLlm({ provider: 'openai', model: 'gpt-4o' }, async () => ({
    model: 'gpt-4o',
    usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
  }));
  await withTool('web_search', async () => 'found');
});
`;
const ESM = `import { withLlm, withTask, withTool } from 'otel-agent-cost';\n${TASK}`;
const FILES = {
  'app.mjs': ESM,
  'app.cjs': `const { withLlm, withTask, withTool } = require('otel-agent-cost');\n(async () => {${TASK}})();`,
  'plain.mjs': `console.log('plain app ran');`,
  'foreign.mjs': `
    import { trace } from '@opentelemetry/api';
    trace.getTracer('theirs').startActiveSpan('handle', (root) => {
      trace.getTracer('theirs').startActiveSpan('chat gpt-4o', { attributes: {
        'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-4o',
      } }, (span) => {
        span.setAttributes({ 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.output_tokens': 100 });
        span.end();
      });
      root.end();
    });`,
  'provider.mjs': `
    import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
    new NodeTracerProvider().register();`,
  'later.mjs': `
    import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
    import { withLlm } from 'otel-agent-cost';
    const exporter = new InMemorySpanExporter();
    const later = () => new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    later().register();
    later().register();
    withLlm('gpt-4o', () => ({ usage: { prompt_tokens: 1000, completion_tokens: 100 } }));
    console.log(exporter.getFinishedSpans().length);`,
  'metered-later.mjs': `
    import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '${HIDDEN_SDK}';
    import { trace } from '@opentelemetry/api';
    import { CostSpanProcessor, withLlm } from 'otel-agent-cost';
    const exporter = new InMemorySpanExporter();
    const added = process.argv.includes('--add') ? [new CostSpanProcessor({ overrides: { ours: { inputUsdPerMtok: 1 } } })] : [];
    new NodeTracerProvider({ spanProcessors: [...added, new SimpleSpanProcessor(exporter)] }).register();
    trace.getTracer('theirs').startSpan('chat', { attributes: {
      'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'ours', 'gen_ai.usage.input_tokens': 1000 } }).end();
    console.log(exporter.getFinishedSpans().map((span) => span.attributes.cost_usd));`,
  'tools-only.mjs': `
    import { withTask, withTool } from 'otel-agent-cost';
    withTask('t', () => withTool({ name: 'web_search', costUsd: 0.005 }, () => 1));`,
  'mistakes.mjs': `
    import { ActionResult, withLlm, withTask, withTool } from 'otel-agent-cost';
    for (let time = 0; time < 2; time++) {
      withTask({ name: 't', session_id: 's', sessionId: 7, attribution: { Team: 'x', user: 0.5 } }, () => {
        withLlm({ modle: 'gpt-4o' }, () => ({ usage: { prompt_tokens: 1, completion_tokens: 1 } }));
        withTool('paid', () => new ActionResult(1, { cost_usd: 1 }));
      });
    }`,
  'renamed.json': JSON.stringify({ discounts: { openai: 10 } }),
  'percent.json': JSON.stringify({ priceFactors: { openai: 10 } }),
  'options.json': JSON.stringify({ tools: { web_search: { costUsd: 0.005 } } }),
  'wrong.json': JSON.stringify({ tools: { web_search: { costUsd: '5 cents' } } }),
  'function.json': JSON.stringify({ onTaskEnd: 'log' }),
  'broken.json': '{',
};

/** A task with one call that was answered, and no end. */
const INTERRUPTED = `
  import { withLlm, withTask } from 'otel-agent-cost';
  void withTask('t', async () => {
    await withLlm({ provider: 'openai', model: 'gpt-4o' }, async () => ({
      model: 'gpt-4o', usage: { prompt_tokens: 1000, completion_tokens: 100 } }));
    await new Promise((resolve) => setTimeout(resolve, 10_000));
  })`;

let receiver: Receiver;
const app = createApp({ files: FILES });
const bare = createApp({ files: FILES, packages: [] });
const otherApps: App[] = [];

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());
afterAll(() => {
  for (const each of [app, bare, ...otherApps]) each.remove();
});

const toReceiver = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
const span = (name: string) => receiver.spans().find((each) => each.name === name);

describe('a script with nothing but the preload', () => {
  it.each(someRows(['app.mjs', 'app.cjs']))('sends what it cost, and is not held up: %s', async (file) => {
    const { code, stderr } = await app.run(file, { env: { ...toReceiver(), OTEL_SERVICE_NAME: 'shop' } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(span('task research')?.attributes).toMatchObject({
      'task.cost_usd': 0.0035,
      'task.input_tokens': 1000,
      'task.outcome': 'success',
    });
    expect(span('chat gpt-4o')?.attributes).toMatchObject({ cost_usd: 0.0035 });
    expect(span('task research')?.resource).toMatchObject({
      'service.name': 'shop',
      'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    // Scope spans have a request of their own.
    expect(receiver.requests).toHaveLength(2);
  });

  it("prices other instrumentations' spans", async () => {
    await app.run('foreign.mjs', { env: toReceiver() });
    expect(span('chat gpt-4o')?.attributes).toMatchObject({ cost_usd: 0.0035 });
    expect(span('handle')?.attributes).toMatchObject({ 'task.cost_usd': 0.0035 });
  });

  it('leaves stdout and the exit code to the app, and says once at the end that no AI work was seen, with advice', async () => {
    const { code, stdout, stderr } = await app.run('plain.mjs', { env: toReceiver() });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'plain app ran\n' });
    expect(stderr).toBe(
      'otel-agent-cost: no GenAI span was seen; install an instrumentation of your LLM client, or wrap your ' +
        'calls with withTask, withLlm and withTool\n',
    );
  });
});

describe('where spans go', () => {
  it('sends protobuf when asked and installed', async () => {
    const proto = createApp({
      files: FILES,
      packages: [...SDK_PACKAGES, '@opentelemetry/exporter-trace-otlp-proto'],
    });
    otherApps.push(proto);
    const env = {
      ...toReceiver(),
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-experiment=7',
    };
    const { stderr } = await proto.run('app.mjs', { env });
    expect(stderr).toBe('');
    expect(receiver.requests[0]?.contentType).toBe('application/x-protobuf');
    expect(receiver.requests[0]?.headers['x-experiment']).toBe('7');
    expect(span('task research')?.attributes).toMatchObject({ 'task.cost_usd': 0.0035 });
  });

  it('prints spans with the console exporter, and sends none', async () => {
    const { stdout } = await app.run('app.mjs', {
      env: { ...toReceiver(), OTEL_TRACES_EXPORTER: 'console' },
    });
    expect(stdout).toContain("'task.cost_usd': 0.0035");
    expect(receiver.requests).toHaveLength(0);
  });

  it('names a wrong exporter and a wrong protocol', async () => {
    const env = { ...toReceiver(), OTEL_TRACES_EXPORTER: 'zipkin', OTEL_EXPORTER_OTLP_PROTOCOL: 'smoke' };
    const { code, stderr } = await app.run('app.mjs', { env });
    expect(code).toBe(0);
    expect(stderr).toContain('OTEL_TRACES_EXPORTER must be otlp, console or none, got "zipkin"');
    expect(stderr).toContain('must be one of http/json, http/protobuf, grpc, got "smoke"');
  });

  const WRONG: [name: string, value: string, message: string][] = [
    ['OTEL_AGENT_COST_SUMARY', '1', 'is not a setting; did you mean OTEL_AGENT_COST_SUMMARY?'],
    [
      'OTEL_AGENT_COST_PRICES',
      'x',
      'is not a setting; known are OTEL_AGENT_COST_CONFIG, OTEL_AGENT_COST_HINTS, OTEL_AGENT_COST_SUMMARY',
    ],
    ['OTEL_AGENT_COST_SUMMARY', 'yes', 'must be one of 1, true, tree, 0, false, got "yes"'],
    ['OTEL_SDK_DISABLED', 'no', 'must be one of true, false, got "no"'],
    ['OTEL_TRACES_SAMPLER_ARG', '50', 'must be a number from 0 to 1, got "50"'],
    ['OTEL_BSP_MAX_QUEUE_SIZE', 'many', 'must be a number above 0, got "many"'],
    [
      'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
      'here:1',
      'must be a URL like http://localhost:4318, got "here:1"',
    ],
  ];

  it('names each setting that is wrong, with its value, and sends', async () => {
    const wrong = Object.fromEntries(WRONG.map(([name, value]) => [name, value]));
    const { code, stderr } = await app.run('app.mjs', { env: { ...toReceiver(), ...wrong } });
    expect(code).toBe(0);
    const lines = WRONG.map(([name, , message]) => `otel-agent-cost: ${name} ${message}`);
    expect(stderr.trimEnd().split('\n').sort()).toEqual(lines.sort());
    expect(span('task research')?.attributes).toMatchObject({ 'task.cost_usd': 0.0035 });
  });

  it('keeps to itself what may be a password in an endpoint that is wrong', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'user:secret@collector:4318' };
    const { stderr } = await bare.run('plain.mjs', { env });
    expect(stderr).toContain('OTEL_EXPORTER_OTLP_ENDPOINT must be');
    expect(stderr).not.toContain('secret');
  });

  it('takes an endpoint without a scheme for gRPC', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    const { stderr } = await bare.run('plain.mjs', { env });
    expect(stderr).not.toContain('must be');
  });

  it('sends nothing when the SDK is disabled', async () => {
    const { code, stderr } = await app.run('app.mjs', {
      env: { ...toReceiver(), OTEL_SDK_DISABLED: 'true' },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(receiver.requests).toHaveLength(0);
  });
});

describe('an agent-cost.json beside the app', () => {
  const UNREAD =
    'otel-agent-cost: ./agent-cost.json is not read; to apply it, set OTEL_AGENT_COST_CONFIG=./agent-cost.json\n';
  const withFile = () => {
    const created = createApp({ files: { ...FILES, 'agent-cost.json': FILES['options.json'] } });
    otherApps.push(created);
    return created;
  };

  it('is reported if no variable names it, unless the SDK is disabled', async () => {
    const { run } = withFile();
    const unread = await run('app.mjs', { env: toReceiver() });
    expect({ code: unread.code, stderr: unread.stderr }).toEqual({ code: 0, stderr: UNREAD });
    for (const variables of [
      { OTEL_AGENT_COST_CONFIG: './agent-cost.json' },
      { OTEL_AGENT_COST_CONFIG: './options.json' },
      { OTEL_SDK_DISABLED: 'true' },
    ]) {
      const { stderr } = await run('app.mjs', { env: { ...toReceiver(), ...variables } });
      expect(stderr).toBe('');
    }
  });
});

describe('obstacles', () => {
  it('names missing SDK packages with the command, and the app runs on', async () => {
    const { code, stderr, stdout } = await bare.run('plain.mjs');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'plain app ran\n' });
    expect(stderr).toBe(
      'otel-agent-cost: no spans are sent, because a package is missing: npm install ' +
        '@opentelemetry/sdk-trace-node@2 @opentelemetry/resources@2 @opentelemetry/exporter-trace-otlp-http@0.223\n',
    );
  });

  it('adds nothing to a provider that is there, and prints the line to add', async () => {
    const { code, stderr } = await app.run('app.mjs', {
      env: toReceiver(),
      nodeArguments: ['--import', './provider.mjs', '--import', 'otel-agent-cost/register'],
    });
    expect(code).toBe(0);
    expect(stderr).toBe(
      'otel-agent-cost: a tracer provider is already registered, so nothing was added. Add to it: ' +
        'spanProcessors: [new CostSpanProcessor(), yourProcessor]\n',
    );
    expect(receiver.requests).toHaveLength(0);
  });

  const ADD = 'spanProcessors: [new CostSpanProcessor(), yourProcessor]\n';

  it('reports once that a provider registered later by the app has no effect, with advice', async () => {
    const { code, stdout, stderr } = await app.run('later.mjs', { env: toReceiver() });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '0\n' });
    expect(stderr).toBe(
      'otel-agent-cost: the app registered a tracer provider of its own, which has no effect: that of ' +
        'otel-agent-cost/register came first and receives the spans. Start without it and add to yours: ' +
        ADD,
    );
    expect(receiver.spans().map(({ attributes }) => attributes.cost_usd)).toEqual([0.0035]);
  });

  it('prints the line to add where the app brings the SDK that it did not find', async () => {
    const { stdout, stderr } = await bare.run('metered-later.mjs');
    expect(stdout).toBe('[ undefined ]\n');
    expect(stderr.split('otel-agent-cost: ').slice(2)).toEqual([
      `the app registered a tracer provider of its own. Add to it: ${ADD}`,
    ]);
  });

  it('leaves the metering to the processor of such a provider', async () => {
    const { stdout, stderr } = await bare.run('metered-later.mjs', { arguments: ['--add'] });
    expect(stdout).toBe('[ 0.001 ]\n');
    expect(stderr.split('otel-agent-cost: ').slice(2)).toEqual([]);
  });
});

describe('OTEL_AGENT_COST_CONFIG', () => {
  it('prices tools as the file says, beside the name of the instance that the environment gives', async () => {
    const env = {
      OTEL_AGENT_COST_CONFIG: './options.json',
      OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=mine',
    };
    await app.run('app.mjs', { env: { ...toReceiver(), ...env } });
    expect(span('task research')?.attributes).toMatchObject({
      'task.tool_cost_usd': 0.005,
      'task.cost_usd': 0.0085,
    });
    expect(span('task research')?.resource).toMatchObject({ 'service.instance.id': 'mine' });
  });

  it('names file, key, value and what was expected, and meters with the defaults', async () => {
    const { code, stderr } = await app.run('app.mjs', {
      env: { ...toReceiver(), OTEL_AGENT_COST_CONFIG: './wrong.json' },
    });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^otel-agent-cost: \.\/wrong\.json: option "tools\.web_search\.costUsd" must be .+, got "5 cents"\. Not in force: the price of the tool "web_search"\n$/,
    );
    expect(span('task research')?.attributes).toMatchObject({ 'task.cost_usd': 0.0035 });
  });

  it('refuses options that a file cannot express', async () => {
    const { stderr } = await app.run('app.mjs', {
      env: { ...toReceiver(), OTEL_AGENT_COST_CONFIG: 'function.json' },
    });
    expect(stderr).toBe(
      'otel-agent-cost: function.json: option "onTaskEnd" must be a function, got "log". Not in force: the option "onTaskEnd"\n',
    );
  });

  it.each(someRows(['broken.json', 'nowhere.json']))('says why %s cannot be read', async (file) => {
    const { code, stderr } = await app.run('app.mjs', {
      env: { ...toReceiver(), OTEL_AGENT_COST_CONFIG: file },
    });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      new RegExp(
        `^otel-agent-cost: ${file} could not be read: .+\\. Not in force: everything in it, budgets`,
      ),
    );
    expect(span('task research')?.attributes).toMatchObject({ 'task.cost_usd': 0.0035 });
  });
});

describe('mistakes of the app', () => {
  const MISTAKES = [
    'unknown option "session_id"; did you mean "sessionId"?',
    'option "sessionId" must be a non-empty string; it is ignored: got 7',
    'unknown attribution "Team"; did you mean "team"?',
    'attribution "user" must be a string; it is ignored: got 0.5',
    'unknown option "modle"; did you mean "model"?',
    'a cost of the tool "paid" is refused: returned cost refused: unknown option "cost_usd", did you mean "costUsd"?',
  ];

  it('are printed once each', async () => {
    const { code, stderr } = await app.run('mistakes.mjs', { env: toReceiver() });
    expect(code).toBe(0);
    expect(stderr.trimEnd().split('\n')).toEqual(MISTAKES.map((mistake) => `otel-agent-cost: ${mistake}`));
  });

  it('are a warning of the process without register: the first, and how to see the others', async () => {
    const { code, stderr } = await app.run('mistakes.mjs', { nodeArguments: [] });
    expect(code).toBe(0);
    expect(stderr).toContain(`otel-agent-cost: ${MISTAKES[0]}\nThis is the only warning shown here.`);
    expect(stderr).not.toContain(MISTAKES[1]);
  });

  it.each(
    someRows([
      [
        'renamed.json',
        'renamed.json: "discounts" is no longer an option; give the part of the price that you pay: priceFactors: { openai: 0.9 } for 10 % off. Not in force: the option "discounts"',
      ],
      [
        'percent.json',
        'percent.json: option "priceFactors.openai" must be a number from 0 to 2: 0.9 is 10 % off, 1.05 a fee of 5 %, got 10. Not in force: the price factor of "openai"',
      ],
    ] as const),
  )('in %s are named with what to write', async (file, message) => {
    const { stderr } = await app.run('app.mjs', { env: { ...toReceiver(), OTEL_AGENT_COST_CONFIG: file } });
    expect(stderr).toBe(`otel-agent-cost: ${message}\n`);
  });
});

describe('OTEL_AGENT_COST_SUMMARY', () => {
  const LINE =
    /^task "research" success: \$0\.0035, 1,000 tokens in, 100 out, 1 LLM call, 1 tool call, \d+\.\d s\n$/;

  it.each(
    someRows<[string, () => Record<string, string>]>(
      [
        ['with a backend', () => toReceiver()],
        ['with none', () => ({ OTEL_TRACES_EXPORTER: 'none' })],
        ['with the SDK disabled', () => ({ OTEL_SDK_DISABLED: 'true' })],
        ['with nothing sampled', () => ({ ...toReceiver(), OTEL_TRACES_SAMPLER: 'always_off' })],
      ],
      2,
    ),
  )('prints one line a task %s', async (_case, env) => {
    const { stderr } = await app.run('app.mjs', { env: { ...env(), OTEL_AGENT_COST_SUMMARY: '1' } });
    expect(stderr).toMatch(LINE);
  });

  it('sends nothing and does not wait when no destination is set', async () => {
    const { code, stderr } = await app.run('app.mjs', { env: { OTEL_AGENT_COST_SUMMARY: '1' } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(LINE) });
  });

  it('is all that is printed without the SDK, where no destination is named', async () => {
    const { stderr } = await bare.run('app.mjs', { env: { OTEL_AGENT_COST_SUMMARY: '1' } });
    expect(stderr).toMatch(LINE);
  });

  it('gives advice when it stayed empty without an SDK', async () => {
    const { stderr } = await bare.run('plain.mjs', { env: { OTEL_AGENT_COST_SUMMARY: '1' } });
    expect(stderr).toBe(
      'otel-agent-cost: no call was seen; wrap your calls with withTask, withLlm and withTool\n',
    );
  });

  it('names all that is missing at once, where the client is installed', async () => {
    const client = {
      'node_modules/openai/package.json': '{ "version": "7.0.0", "main": "index.js" }',
      'node_modules/openai/index.js': '',
    };
    const withClient = createApp({ files: { ...FILES, ...client }, packages: [] });
    otherApps.push(withClient);
    const env = { OTEL_AGENT_COST_SUMMARY: '1' };
    expect((await withClient.run('plain.mjs', { env })).stderr).toBe(
      'otel-agent-cost: no call was seen; npm install @opentelemetry/sdk-trace-node@2 @opentelemetry/resources@2 ' +
        '@arizeai/openinference-instrumentation-openai, or wrap your calls with withTask, withLlm and withTool\n',
    );
    const { stderr } = await withClient.run('tools-only.mjs', { env });
    expect(stderr.split('\n')[1]).toBe(
      'otel-agent-cost: no LLM call was seen, though openai is installed; npm install @opentelemetry/sdk-trace-node@2 ' +
        '@opentelemetry/resources@2 @arizeai/openinference-instrumentation-openai, or wrap your LLM calls with withLlm',
    );
  });

  it.each(
    someRows([
      ['exits', 'process.exit(0)'],
      ['is interrupted', "process.kill(process.pid, 'SIGINT')"],
      ['crashes', "throw new Error('down')"],
    ] as const),
  )('says what an open task has cost by the time when the app %s', async (_how, end) => {
    for (const [from, name] of [
      [bare, 'without the SDK'],
      [app, 'with the SDK'],
    ] as const) {
      writeFileSync(join(from.folder, 'ends.mjs'), `${INTERRUPTED}; setTimeout(() => { ${end} }, 1);`);
      const { stderr } = await from.run('ends.mjs', { env: { OTEL_AGENT_COST_SUMMARY: 'tree' } });
      expect(stderr, name).toMatch(/^task "t" interrupted: >= \$0\.0035, 1,000 tokens in, .*$/m);
      expect(stderr, name).toMatch(/^task t +1,000 +100 +\$0\.0035 +… running$/m);
      expect(stderr, name).not.toContain('no call was seen');
    }
  });

  it('is silent about calls where the app failed before its first', async () => {
    writeFileSync(join(bare.folder, 'fails.mjs'), `throw new Error('no key');`);
    const { stderr } = await bare.run('fails.mjs', { env: { OTEL_AGENT_COST_SUMMARY: '1' } });
    expect(stderr).toContain('no key');
    expect(stderr).not.toContain('otel-agent-cost:');
  });

  it('prints the tree of a task on request', async () => {
    const { stderr } = await app.run('app.mjs', { env: { OTEL_AGENT_COST_SUMMARY: 'tree' } });
    const [line = '', ...tree] = stderr.trimEnd().split('\n');
    expect(`${line}\n`).toMatch(LINE);
    expect(tree.map((row) => row.replace(/ +/g, ' '))).toEqual([
      ' tokens in out USD status',
      'task research 1,000 100 $0.0035 ✓',
      expect.stringMatching(/^├─ (agent|LLM|tool)/),
      expect.stringMatching(/^└─ (agent|LLM|tool)/),
    ]);
  });

  it('prints it without the SDK too', async () => {
    const env = { OTEL_AGENT_COST_SUMMARY: '1', OTEL_TRACES_EXPORTER: 'none' };
    const { stderr } = await bare.run('app.mjs', { env });
    expect(stderr).toMatch(LINE);
  });
});

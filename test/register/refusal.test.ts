import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createApp, SDK_PACKAGES } from '../support/app.js';
import { type Answer, type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { someRows } from '../support/some-rows.js';

const PACKAGES = [
  ...SDK_PACKAGES,
  '@opentelemetry/exporter-trace-otlp-proto',
  '@opentelemetry/sdk-metrics',
  '@opentelemetry/exporter-metrics-otlp-http',
];
/** Creates four spans for each input line, one of them a scope's, sent in two requests. Prints a line when they ended. */
const APP = `import { createInterface } from 'node:readline';
  import { withTask, withTool } from 'otel-agent-cost';
  for await (const name of createInterface({ input: process.stdin })) {
    withTask(name, () => {
      for (let call = 0; call < 3; call++) withTool({ name: 'search', costUsd: 0.005 }, () => 1);
    });
    console.log(name + ' done');
  }`;
const app = createApp({ packages: PACKAGES, files: { 'app.mjs': APP } });
afterAll(() => app.remove());

const receivers: Receiver[] = [];
const receive = async (options = {}) => {
  const receiver = await startReceiver(options);
  receivers.push(receiver);
  return receiver;
};
afterEach(async () => {
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
});

function startApp(url: string, env: Record<string, string> = {}) {
  const running = app.start('app.mjs', {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_METRIC_EXPORT_INTERVAL: '100',
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
      ...env,
    },
  });
  const { child, printed, finished } = running;
  return {
    async work(name: string) {
      child.stdin?.write(`${name}\n`);
      await printed(`${name} done`);
    },
    end() {
      child.stdin?.end();
      return finished;
    },
  };
}

const lostAt = (receiver: Receiver) =>
  receiver.points().find(({ metric }) => metric === 'cost.lost_spans')?.value ?? 0;
const namesAt = (receiver: Receiver) => receiver.spans().map(({ name }) => name);
const PATIENCE = { timeout: 10_000 };

const ANSWERS: [name: string, answer: Answer, lost: number, told: RegExp][] = [
  ['refuses requests', 400, 4, /: 4 of 8 spans were lost: .+ \(400 Bad Request\)\n/],
  [
    'takes all but one span of each',
    { rejectedSpans: 1, errorMessage: 'too long' },
    2,
    /: 2 of 8 spans .+ \(too long\)\n/,
  ],
  [
    'says that it rejects more than there are',
    { rejectedSpans: 99, errorMessage: '' },
    4,
    /: 4 of 8 spans .+ \(rejected without a reason\)\n/,
  ],
  ['does not answer', 'never', 4, /: 4 of 8 spans were lost: .+ \(.*time.*out.*\)\n/i],
];
const ROWS = ['http/json', 'http/protobuf'].flatMap((protocol) =>
  ANSWERS.map((row) => [protocol, ...row] as const),
);

describe('a receiver that', () => {
  it.each(someRows(ROWS, 2))(
    'speaks %s and %s: the app runs on, the loss is counted meanwhile, and the next spans arrive',
    async (protocol, _case, answer, lost, told) => {
      const receiver = await receive();
      receiver.answerTraces(answer);
      const running = startApp(receiver.url, { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol });
      await running.work('first');
      await expect.poll(() => lostAt(receiver), PATIENCE).toBe(lost);
      receiver.answerTraces(200);
      await running.work('second');
      await expect.poll(() => namesAt(receiver), PATIENCE).toContain('task second');
      const { code, stderr } = await running.end();
      expect(code).toBe(0);
      expect(stderr).toMatch(told);
      expect(lostAt(receiver)).toBe(lost);
    },
  );
});

describe('a receiver that takes nothing', () => {
  const MISSING = '{"detail":[{"loc":["header","x-experiment"],\n"msg":"Field required"}]}';

  it.each(
    someRows<[string, Answer, Record<string, string>, string]>([
      [
        'wants protobuf',
        { status: 415, body: 'Unsupported content type: application/json' },
        {},
        '(415 Unsupported Media Type: Unsupported content type: application/json). The spans were sent as http/json: try OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\n',
      ],
      [
        'wants JSON',
        415,
        { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf' },
        '(415 Unsupported Media Type). The spans were sent as http/protobuf: try OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/json\n',
      ],
      [
        'wants a header',
        { status: 422, body: MISSING },
        { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' },
        '(422 Unprocessable Entity: {"detail":[{"loc":["header","x-experiment"], "msg":"Field required"}]}). The spans were sent as http/protobuf: try OTEL_EXPORTER_OTLP_PROTOCOL=http/json. OTEL_EXPORTER_OTLP_HEADERS=name=value adds a header\n',
      ],
      [
        'wants a key',
        { status: 401, body: `no such key: s3cr3t-key\n${'z'.repeat(1000)}` },
        { OTEL_EXPORTER_OTLP_HEADERS: 'api-key=s3cr3t-key' },
        ' (401 Unauthorized: no such key: … zzz',
      ],
    ]),
  )('%s: its answer is printed, and the variable to set', async (_case, answer, env, told) => {
    const receiver = await receive({ answer });
    const running = startApp(receiver.url, { OTEL_METRICS_EXPORTER: 'none', ...env });
    await running.work('first');
    const { code, stderr } = await running.end();
    expect(code).toBe(0);
    expect(stderr).toContain(told);
    expect(stderr).not.toContain('receiver running');
    expect(stderr.length).toBeLessThan(700);
  });
});

describe('a receiver that is not there', () => {
  // Below those that systems hand out: a port that was handed out and given back may be another test's receiver next.
  const freePort = async (): Promise<number> => {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const receiver = await startReceiver({ port }).catch(() => undefined);
    if (receiver === undefined) return freePort();
    await receiver.close();
    return port;
  };

  it('and comes within the time-out has lost nothing', async () => {
    const port = await freePort();
    const running = startApp(`http://127.0.0.1:${port}`, { OTEL_EXPORTER_OTLP_TIMEOUT: '20000' });
    await running.work('first');
    const receiver = await receive({ port });
    await expect.poll(() => namesAt(receiver), { timeout: 20_000 }).toHaveLength(4);
    expect(await running.end()).toMatchObject({ code: 0, stderr: '' });
    expect(lostAt(receiver)).toBe(0);
  });

  it('for longer gets the number of lost spans, and later spans arrive', async () => {
    const port = await freePort();
    const running = startApp(`http://127.0.0.1:${port}`);
    await running.work('first');
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const receiver = await receive({ port });
    await expect.poll(() => lostAt(receiver), PATIENCE).toBe(4);
    await running.work('second');
    await expect.poll(() => namesAt(receiver), PATIENCE).toContain('task second');
    const { code, stderr } = await running.end();
    expect(code).toBe(0);
    expect(stderr).toMatch(/: 4 of 8 spans were lost: /);
    expect(namesAt(receiver)).not.toContain('task first');
  });
});

/** Receivers that take a part, or only from those who can prove who they are, at every end of the app. */
import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createApp, SDK_PACKAGES } from '../support/app.js';
import { decodeJsonMetrics } from '../support/otlp-metrics.js';
import { type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { someRows } from '../support/some-rows.js';

const WORK = `import { withTask, withTool } from 'otel-agent-cost';
for (let task = 0; task < 5; task++) withTask('work', () => withTool({ name: 'search', costUsd: 0.01 }, () => 1));
`;
const app = createApp({
  packages: [...SDK_PACKAGES, '@opentelemetry/sdk-metrics', '@opentelemetry/exporter-metrics-otlp-http'],
  files: {
    'return.mjs': WORK,
    'exit.mjs': `${WORK} process.exit(0);`,
    'crash.mjs': `${WORK} setTimeout(() => { throw new Error('app broke'); }, 10);`,
    'beside.mjs': `${WORK}
      globalThis[Symbol.for('otel-agent-cost.copies')].push({ version: '9.9.9', protocol: 9, processors: () => 0 });
      process.exit(0);`,
    'flush.mjs': `${WORK}
      import { trace } from '@opentelemetry/api';
      const provider = trace.getTracerProvider().getDelegate();
      console.log(await provider[process.argv[2]]().then(() => 'all delivered', (error) => 'lost: ' + error));
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 100);`,
    // Returns when its spans and metrics are in requests that nobody answers.
    'in-flight.mjs': `${WORK} setTimeout(() => {}, 700);`,
  },
});
afterAll(() => app.remove());

let receiver: Receiver | undefined;
let server: Server | undefined;
afterEach(async () => {
  await receiver?.close();
  server?.closeAllConnections();
  server?.close();
  receiver = undefined;
});

const ENDS = ['return.mjs', 'exit.mjs', 'crash.mjs'];

async function listen(handle: Parameters<typeof createServer>[1]): Promise<number> {
  server = createServer(handle);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

describe.each(someRows(ENDS))('%s', (file) => {
  it('counts the spans that a receiver rejected', async () => {
    receiver = await startReceiver();
    // The task spans and the tool spans are two requests.
    receiver.answerTraces({ rejectedSpans: 2, errorMessage: 'too many' });
    const { stderr } = await app.run(file, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
    expect(stderr).toContain('4 of 10 spans were lost');
    expect(stderr).toContain('(too many)');
    expect(stderr).not.toContain('in metrics');
  });

  it('follows no redirect, and counts everything', async () => {
    const paths: (string | undefined)[] = [];
    const port = await listen((request, response) => {
      paths.push(request.url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    const url = `http://127.0.0.1:${port}`;
    const { stderr } = await app.run(file, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: url } });
    expect(stderr).toContain('10 of 10 spans were lost');
    expect(stderr).toContain('$0.05 of $0.05 in metrics was lost');
    expect(paths).not.toContain('/elsewhere');
  });

  it('proves who it is with user and password, and does not print them', async () => {
    let usd = 0;
    const port = await listen(async (request, response) => {
      const isKnown = request.headers.authorization === `Basic ${btoa('user:secret')}`;
      const isRight = isKnown && request.headers['x-key'] === 'a b';
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      if (isRight && request.url === '/v1/metrics') {
        const points = decodeJsonMetrics(Buffer.concat(chunks));
        usd = points.find(({ metric }) => metric === 'cost.usd')?.value ?? 0;
      }
      const status = isRight && request.url === '/v1/metrics' ? 200 : 401;
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://user:secret@127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b',
    };
    const { stderr } = await app.run(file, { env });
    expect(usd).toBeCloseTo(0.05, 9);
    expect(stderr).toContain(`10 of 10 spans were lost: http://…@127.0.0.1:${port}/v1/traces did not`);
    expect(stderr).not.toMatch(/secret|in metrics/);
  });

  it('delivers metrics though nobody answers spans', async () => {
    receiver = await startReceiver();
    receiver.answerTraces('never');
    const { stderr } = await app.run(file, {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_TIMEOUT: '500' },
    });
    expect(stderr).toContain('10 of 10 spans were lost');
    expect(stderr).not.toContain('in metrics');
    expect(receiver.points().find(({ metric }) => metric === 'cost.usd')?.value).toBeCloseTo(0.05, 9);
  });
});

describe('at a return', () => {
  it('requests in flight with a long timeout do not keep the app alive', async () => {
    receiver = await startReceiver({ answer: 'never' });
    let isAnswered = false;
    // Three times as long as an exit may take.
    const answer = setTimeout(() => {
      isAnswered = true;
      void receiver?.close();
    }, 15_000);
    const { stderr } = await app.run('in-flight.mjs', {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_TIMEOUT: '60000',
        OTEL_BSP_SCHEDULE_DELAY: '50',
        OTEL_METRIC_EXPORT_INTERVAL: '50',
      },
    });
    clearTimeout(answer);
    expect(isAnswered).toBe(false);
    expect(stderr).toContain('10 of 10 spans were lost');
    expect(stderr).toContain('$0.05 of $0.05 in metrics was lost');
  });
});

describe('at process.exit', () => {
  it('a copy of another protocol is named, whose metrics nobody can send', async () => {
    receiver = await startReceiver();
    const { stderr } = await app.run('beside.mjs', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
    expect(stderr).toContain('metrics of version 9.9.9 of this package since their last export were lost');
  });
});

describe.each(someRows(['forceFlush', 'shutdown']))("the app's own %s", (method) => {
  it('resolves when everything was delivered', async () => {
    receiver = await startReceiver();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
    const { stdout } = await app.run('flush.mjs', { env, arguments: [method] });
    expect(stdout.trim()).toBe('all delivered');
    expect(receiver.spans()).toHaveLength(10);
  });
});

describe("the app's own forceFlush", () => {
  it('rejects when something was lost', async () => {
    receiver = await startReceiver({ answer: 400 });
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
    const { stdout } = await app.run('flush.mjs', { env, arguments: ['forceFlush'] });
    expect(stdout.trim()).toMatch(/^lost: .*Bad Request/);
  });
});

import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { USD_BUCKETS } from '../../src/metrics/usd-histogram.js';
import { type App, createApp, SDK_PACKAGES } from '../support/app.js';
import { type DecodedPoint, type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { someRows } from '../support/some-rows.js';

const METRICS_PACKAGES = [
  '@opentelemetry/sdk-metrics',
  '@opentelemetry/exporter-metrics-otlp-http',
  'lru-cache',
];
const WORK = `import { trace } from '@opentelemetry/api';
import { withTask, withTool } from 'otel-agent-cost';
function work() {
  withTask('work', () => {
    withTool({ name: 'search', costUsd: 0.005 }, () => 1);
    const attributes = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o', 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.output_tokens': 100 };
    trace.getTracer('another').startSpan('chat gpt-4o', { attributes }).end();
  });
}
`;
const files = {
  'short.mjs': `${WORK} work(); setTimeout(() => {}, 200);`,
  'exit.mjs': `${WORK} work(); process.exit(0);`,
  'crash.mjs': `${WORK} work(); setTimeout(() => { throw new Error('app broke'); }, 10);`,
  'late-exit.mjs': `${WORK} work(); setTimeout(() => { work(); process.exit(0); }, 300);`,
  'serve.mjs': `${WORK} work(); setInterval(() => {}, 1000); console.log('ready');`,
  'hints.mjs': `import { costHints } from 'otel-agent-cost/optimize'; ${WORK}
    work();
    console.log(JSON.stringify(costHints()));`,
  'own.mjs': `import { metrics } from '@opentelemetry/api'; ${WORK}
    work();
    metrics.getMeter('app').createCounter('app.orders').add(3);`,
};
const app = createApp({ packages: [...SDK_PACKAGES, ...METRICS_PACKAGES], files });
const bare = createApp({ files });
afterAll(() => {
  app.remove();
  bare.remove();
});

let receiver: Receiver | undefined;
afterEach(async () => {
  await receiver?.close();
  receiver = undefined;
});

const env = (more: Record<string, string> = {}) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: receiver?.url ?? '',
  ...more,
});
const points = (metric: string): DecodedPoint[] =>
  (receiver?.points() ?? []).filter((point) => point.metric === metric);
const nanos = (metric: string) => Math.round(points(metric).reduce((sum, { value }) => sum + value, 0) * 1e9);

describe('a job shorter than the export interval', () => {
  it.each(someRows(['short.mjs', 'exit.mjs', 'crash.mjs']))('delivers its metrics: %s', async (file) => {
    receiver = await startReceiver();
    const { stderr } = await app.run(file, { env: env() });
    expect(stderr).not.toContain('lost');
    expect(nanos('cost.usd')).toBe(8_500_000);
    expect(nanos('task.cost_usd')).toBe(8_500_000);
    expect(points('cost.usd')[0]).toMatchObject({ unit: '{USD}', labels: { 'task.name': 'work' } });
    expect(receiver.spans()).toHaveLength(3);
  });

  it('delivers what it counted after the last export', async () => {
    receiver = await startReceiver();
    await app.run('late-exit.mjs', { env: env({ OTEL_METRIC_EXPORT_INTERVAL: '100' }) });
    expect(nanos('cost.usd')).toBe(17_000_000);
  });

  it('sends no sums to a receiver that wants what was added', async () => {
    receiver = await startReceiver();
    const more = { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta' };
    const { stderr } = await app.run('exit.mjs', { env: env(more) });
    expect(points('cost.usd')).toEqual([]);
    expect(stderr).toMatch(/\$0\.0085 of \$0\.0085 in metrics was lost: .+ended before they could be sent/);
    await app.run('short.mjs', { env: env(more) });
    expect(nanos('cost.usd')).toBe(8_500_000);
  });

  it('delivers at a signal', async () => {
    receiver = await startReceiver();
    const running = app.start('serve.mjs', { env: env() });
    await running.printed('ready');
    running.child.kill('SIGTERM');
    expect(await running.finished).toMatchObject({ signal: 'SIGTERM', stderr: '' });
    expect(nanos('cost.usd')).toBe(8_500_000);
  });
});

describe('what is sent', () => {
  it.each(
    someRows([
      ['always_off', ''],
      ['parentbased_traceidratio', '0.0'],
    ] as const),
  )('counts all work, with the sampler %s too', async (sampler, argument) => {
    receiver = await startReceiver();
    await app.run('short.mjs', {
      env: env({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: argument }),
    });
    expect(receiver.spans()).toEqual([]);
    expect(nanos('cost.usd')).toBe(8_500_000);
  });

  it("has an instance of its own in each process, the one of its spans, and includes the app's own metrics", async () => {
    receiver = await startReceiver();
    const instances: unknown[] = [];
    for (const file of ['short.mjs', 'own.mjs']) {
      await app.run(file, { env: env({ OTEL_TRACES_SAMPLER: 'parentbased_always_on' }) });
      const instance = points('cost.usd')[0]?.resource['service.instance.id'];
      expect(receiver.spans().at(-1)?.resource['service.instance.id']).toBe(instance);
      instances.push(instance);
    }
    expect(new Set(instances).size).toBe(2);
    expect(points('app.orders')).toMatchObject([{ value: 3 }]);
  });
});

describe('histograms', () => {
  const AGGREGATION = 'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION';

  // At the end of a job by the SDK, and without it.
  describe.each(someRows(['short.mjs', 'exit.mjs']))('of %s', (file) => {
    it('have the boundaries of this package', async () => {
      receiver = await startReceiver();
      await app.run(file, { env: env() });
      const [point] = points('task.cost_usd');
      expect(point).toMatchObject({ value: 0.0085, bounds: USD_BUCKETS, scale: undefined });
      expect(point?.bucketCounts?.indexOf(1)).toBe(USD_BUCKETS.indexOf(0.01));
    });

    it('are exponential, and no others, where the standard variable asks for it', async () => {
      receiver = await startReceiver();
      const { stderr } = await app.run(file, {
        env: env({ [AGGREGATION]: 'base2_exponential_bucket_histogram' }),
      });
      expect(stderr).not.toContain(AGGREGATION);
      expect(points('cost.usd').length).toBeGreaterThan(0);
      const [point, ...others] = points('task.cost_usd');
      expect(others).toEqual([]);
      expect(point).toMatchObject({ value: 0.0085, bounds: undefined, bucketCounts: [1] });
      expect(point?.scale).toBeGreaterThanOrEqual(3);
    });
  });

  it('keep their boundaries if the variable has another value, which is reported', async () => {
    receiver = await startReceiver();
    const { stderr } = await app.run('short.mjs', { env: env({ [AGGREGATION]: 'exponential' }) });
    expect(stderr).toContain(
      `${AGGREGATION} must be one of explicit_bucket_histogram, base2_exponential_bucket_histogram, got "exponential"`,
    );
    expect(points('task.cost_usd')[0]?.bounds).toEqual(USD_BUCKETS);
  });
});

describe('the counters behind the hints', () => {
  const HINTS = { OTEL_AGENT_COST_HINTS: '1' };

  // At the end of a job by the SDK, and without it.
  it.each(someRows(['short.mjs', 'exit.mjs', 'hints.mjs']))(
    'are sent if they are asked for: by %s',
    async (file) => {
      receiver = await startReceiver();
      await app.run(file, { env: env(HINTS) });
      expect(points('cost.smaller_model.billed_usd')).toMatchObject([
        { labels: { 'gen_ai.response.model': 'gpt-4o', 'cost.smaller_model': 'gpt-4o-mini' }, value: 0.0035 },
      ]);
      expect(points('cost.smaller_model.usd')).toMatchObject([{ value: 0.00021 }]);
    },
  );

  it('are not sent otherwise', async () => {
    receiver = await startReceiver();
    await app.run('short.mjs', { env: env() });
    expect(points('cost.usd').length).toBeGreaterThan(0);
    expect(points('cost.smaller_model.usd')).toEqual([]);
  });

  it('are of the calls that an app can read with costHints, which need no recordCalls then', async () => {
    receiver = await startReceiver();
    const { stdout } = await app.run('hints.mjs', { env: env(HINTS) });
    expect(JSON.parse(stdout)).toMatchObject([{ kind: 'cheaper_model', amountUsd: 0.00329 }]);
  });
});

describe('without', () => {
  it.each(
    someRows<[string, App, Record<string, string>]>([
      ['the packages', bare, {}],
      ['being wanted', app, { OTEL_METRICS_EXPORTER: 'none' }],
    ]),
  )('%s none are sent, and nothing is said', async (_case, from, more) => {
    receiver = await startReceiver();
    const { stderr } = await from.run('short.mjs', { env: env(more) });
    expect(stderr).toBe('');
    expect(receiver.requests.map(({ path }) => path)).not.toContain('/v1/metrics');
    expect(receiver.spans()).toHaveLength(3);
  });

  it('the packages it is said where metrics were asked for', async () => {
    receiver = await startReceiver();
    const { stderr } = await bare.run('short.mjs', { env: env({ OTEL_METRICS_EXPORTER: 'otlp' }) });
    expect(stderr).toBe(
      `otel-agent-cost: no metrics are sent, because a package is missing: npm install @opentelemetry/sdk-metrics@2 @opentelemetry/exporter-metrics-otlp-http@0.223\n`,
    );
  });

  it('a receiver the loss is said at the end, and the app runs on', async () => {
    receiver = await startReceiver({ answer: 400 });
    const { code, stderr } = await app.run('short.mjs', { env: env() });
    expect(code).toBe(0);
    expect(stderr).toMatch(/3 of 3 spans were lost/);
    expect(stderr).toMatch(/\$0\.0085 of \$0\.0085 in metrics was lost: .+\/v1\/metrics did not confirm it/);
    expect(points('cost.lost_spans')).toMatchObject([{ value: 3 }]);
  });
});

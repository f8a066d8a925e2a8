import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { otlpUrl, readEnvironment } from '../../src/register/environment.js';
import { startReceiver } from '../support/otlp-receiver.js';

afterEach(() => vi.unstubAllEnvs());

describe('the environment', () => {
  it('asks for OTLP as JSON when it says nothing', () => {
    expect(readEnvironment({})).toMatchObject({
      sdkDisabled: false,
      otlp: true,
      console: false,
      protocol: 'http/json',
      summary: 'none',
      isSummaryOnly: false,
      configPath: undefined,
      logLevel: undefined,
    });
  });

  it.each([
    ['none', false, false],
    ['console', false, true],
    ['otlp, console', true, true],
    ['', true, false],
  ])('OTEL_TRACES_EXPORTER=%s', (value, otlp, console) => {
    expect(readEnvironment({ OTEL_TRACES_EXPORTER: value })).toMatchObject({ otlp, console });
  });

  it('treats an empty variable as unset', () => {
    const env = { OTEL_EXPORTER_OTLP_TIMEOUT: '', OTEL_AGENT_COST_CONFIG: ' ', OTEL_AGENT_COST_SUMMARY: '0' };
    expect(readEnvironment(env)).toMatchObject({
      hasExportTimeout: false,
      configPath: undefined,
      summary: 'none',
    });
  });
});

describe('a requested summary', () => {
  it.each([
    ['1', 'line'],
    ['true', 'line'],
    ['tree', 'tree'],
    ['TREE', 'tree'],
  ])('as %s sends nothing where no destination is named', (value, summary) => {
    const environment = readEnvironment({ OTEL_AGENT_COST_SUMMARY: value });
    expect(environment).toMatchObject({
      summary,
      isSummaryOnly: true,
      otlp: false,
      metrics: { otlp: false },
    });
  });

  it.each([
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
  ])('comes beside what is sent where %s names a destination', (name) => {
    const environment = readEnvironment({ OTEL_AGENT_COST_SUMMARY: '1', [name]: 'http://localhost:4318' });
    expect(environment).toMatchObject({ summary: 'line', isSummaryOnly: false, otlp: true });
  });

  it.each(['OTEL_TRACES_EXPORTER', 'OTEL_METRICS_EXPORTER'])(
    'sends nothing with %s=none alone either',
    (name) => {
      const environment = readEnvironment({ OTEL_AGENT_COST_SUMMARY: '1', [name]: 'none' });
      expect(environment).toMatchObject({ isSummaryOnly: true, otlp: false, metrics: { otlp: false } });
    },
  );

  it('comes beside an exporter that was chosen', () => {
    expect(readEnvironment({ OTEL_AGENT_COST_SUMMARY: '1', OTEL_TRACES_EXPORTER: 'console' })).toMatchObject({
      isSummaryOnly: false,
      otlp: false,
      console: true,
      metrics: { otlp: false },
    });
  });
});

describe("the last request's address and headers are those of the exporter", () => {
  it.each([['/', 'a=1'], '', '/base', '/base/'])('with endpoint path "%s"', async (path) => {
    const receiver = await startReceiver();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}${path}` };
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const provider = new BasicTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter())],
    });
    provider.getTracer('test').startSpan('one').end();
    await provider.forceFlush();
    await provider.shutdown();
    await receiver.close();

    const [request] = receiver.requests;
    expect(otlpUrl(env, 'traces')).toBe(`${receiver.url}${request?.path}`);
  });

  it("takes the traces' own endpoint as it is", () => {
    expect(otlpUrl({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://x.example/in' }, 'traces')).toBe(
      'https://x.example/in',
    );
    expect(otlpUrl({}, 'traces')).toBe('http://localhost:4318/v1/traces');
  });
});

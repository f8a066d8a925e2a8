import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { endpointText, printable, printableLogger } from '../../src/register/secrets.js';
import { type App, createApp, SDK_PACKAGES } from '../support/app.js';
import { someRows } from '../support/some-rows.js';

afterEach(() => vi.unstubAllEnvs());

describe('an endpoint that is no URL', () => {
  it.each([
    ['here:1', 'here:1'],
    ['user:password@host', '…@host'],
    ['localhost:4318/secret', 'localhost:4318/…'],
    ['secret-token', '…'],
    ['htp://user:password@host?key=secret', 'htp://…@host?…'],
    ['http://user:pass word@host', 'http://…@host'],
  ])('%s', (endpoint, shown) => expect(endpointText(endpoint)).toBe(shown));
});

describe('a message of a library', () => {
  const SECRETS = ['passw0rd', 'path-t0ken', 'query-t0ken', 'header-t0ken', 'bearer t0ken'];

  it('shows none of the secrets of the settings, wherever and however they stand', () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'https://user:passw0rd@host/path-t0ken/v1?key=query-t0ken');
    vi.stubEnv(
      'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
      'api-key=header-t0ken,authorization=Bearer%20bearer%20t0ken',
    );
    const basic = Buffer.from('user:passw0rd').toString('base64');
    const message = printable(
      `Invalid header value "Basic ${basic}", ${SECRETS.join(', ')} in path-t0ken/v1`,
    );
    for (const secret of [basic, ...SECRETS]) expect(message).not.toContain(secret);
    expect(message).toContain('Invalid header value "Basic …"');
  });

  it('is logged without them, whatever is logged', () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'api-key=header-t0ken');
    const lines: string[] = [];
    const log = (...args: unknown[]) => void lines.push(args.map(String).join(' '));
    const logger = printableLogger({ error: log, warn: log, info: log, debug: log, verbose: log });
    logger.error('export failed', new Error('header-t0ken'), { headers: { 'api-key': 'header-t0ken' } });
    logger.warn('Could not parse URL: https://user:password@host/');
    logger.verbose('x', ['header-t0ken']);
    expect(lines.join()).not.toMatch(/t0ken|password/);
    expect(lines).toHaveLength(3);
  });
});

describe('an app', () => {
  let app: App;
  beforeAll(() => {
    const work = `import { withTask, recordCost } from 'otel-agent-cost'; withTask('work', () => recordCost(0.01));`;
    app = createApp({
      packages: [...SDK_PACKAGES, '@opentelemetry/sdk-metrics', '@opentelemetry/exporter-metrics-otlp-http'],
      files: { 'returns.mjs': work, 'exits.mjs': `${work} process.exit(0);` },
    });
  });
  afterAll(() => app.remove());

  const ENDPOINTS = [
    'http://user:s3cr3t@127.0.0.1:9/v1',
    'http://127.0.0.1:9/s3cr3t-token',
    'http://127.0.0.1:9?api_key=s3cr3t',
    'http://127.0.0.1:9:s3cr3t',
    'user:s3cr3t@127.0.0.1',
  ];

  it.each(someRows(ENDPOINTS))('prints no secret of %s, whatever fails', async (endpoint) => {
    for (const file of ['returns.mjs', 'exits.mjs']) {
      const { stderr, stdout } = await app.run(file, {
        env: {
          OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
          OTEL_EXPORTER_OTLP_HEADERS: 'api-key=s3cr3t-header\u0001',
          OTEL_LOG_LEVEL: 'debug',
          OTEL_METRICS_EXPORTER: 'otlp',
        },
      });
      expect(stderr).toContain('otel-agent-cost:');
      expect(stderr + stdout).not.toContain('s3cr3t');
    }
  });

  it('is not followed to another server by a redirect, with its headers', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const other = await listen((headers) => void seen.push(headers));
    const asked: IncomingHttpHeaders[] = [];
    const first = await listen((headers) => void asked.push(headers), other.url);
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: first.url, OTEL_EXPORTER_OTLP_HEADERS: 'api-key=s3cr3t' };
    for (const file of ['returns.mjs', 'exits.mjs']) {
      const { stderr } = await app.run(file, { env: { ...env, OTEL_METRICS_EXPORTER: 'otlp' } });
      expect(stderr).toContain('were lost');
    }
    expect(asked.filter((headers) => headers['api-key'] === 's3cr3t').length).toBeGreaterThanOrEqual(4);
    expect(seen).toEqual([]);
    other.close();
    first.close();
  });
});

async function listen(asked: (headers: IncomingHttpHeaders) => void, redirectTo?: string) {
  const server = createServer((request, response) => {
    asked(request.headers);
    request.resume();
    if (redirectTo === undefined) response.end();
    else response.writeHead(307, { location: `${redirectTo}${request.url}` }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { url: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { picoFromUsd } from '../../examples/demo/format.js';
import { startStandIn, turn } from '../../examples/provider/stand-in.js';
import { type Answer, type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { someRows } from '../support/some-rows.js';

const run = promisify(execFile);
const ESCAPE = String.fromCharCode(27);
const RESEARCH = exampleFile('demo/research.json');
const RECORDED = exampleFile('recorded/tau2-airline.json');

function exampleFile(path: string): string {
  return fileURLToPath(new URL(`../../examples/${path}`, import.meta.url));
}

/** Runs an example as a user does, with nothing of the test's own environment that it reads. Rejects when it fails. */
async function runExample(
  path: string,
  args: string[] = [],
  env: Record<string, string> = {},
): Promise<string> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^OTEL_|_API_KEY$|_BASE_URL$|^MODEL$/.test(name),
  );
  const { stdout } = await run(process.execPath, [exampleFile(path), ...args], {
    env: { ...Object.fromEntries(inherited), ...env },
  });
  return stdout;
}

function millisOf(nanos: bigint): number {
  return Number(nanos) / 1e6;
}

describe('the demo', () => {
  test('shows three runs whose bills are the expected ones', async () => {
    const lines = (await runExample('demo/main.js')).split('\n');
    expect(lines.filter((line) => line.includes('equal to the last digit'))).toHaveLength(3);
    const total = lines.filter((line) => line.trimStart().startsWith('total'));
    expect(total.map((line) => line.trim().replaceAll(/ +/g, ' '))).toEqual([
      'total $0.142 = LLM $0.129 + tools $0.013',
      'total $0.0132252 = LLM $0.0132252 + tools $0.00',
      'total $30.3301977 = LLM $30.3301977 + tools $0.00',
    ]);
    expect(lines.some((line) => line.startsWith('  complete  no: 13 calls told no usage'))).toBe(true);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(lines.join('')).not.toContain(ESCAPE);
    // The recorded session paid $14.21 of its $30.33 for a cache that it found cold.
    expect(lines.map((line) => line.trim()).join(' ')).toContain(
      '37 calls of claude-sonnet-4-5 found the prompt cache cold: 4,117,683 tokens that the previous call had left there were paid for again, $14.206 more than reading them.',
    );
  });

  test.each(
    someRows(
      [
        ['--runnaway', "Unknown option '--runnaway'"],
        ['--seconds 3', '--seconds needs --runaway'],
        ['--runaway --seconds 0', '--seconds must be from 1 to 600, got "0"'],
        ['--runaway --seconds soon', '--seconds must be from 1 to 600, got "soon"'],
        ['--runaway --today', '--runaway takes no scenario, no --today and no --dialects'],
        ['--view --runaway', '--view takes no scenario and no other option'],
        ['--view a.json', '--view takes no scenario and no other option'],
        ['--runaway a.json', '--runaway takes no scenario, no --today and no --dialects'],
        [
          '--dialects smoke',
          '--dialects: otel-agent-cost: option "dialects" must be one of gen_ai, openinference, langfuse',
        ],
        ['--dialects=', '--dialects: otel-agent-cost: option "dialects" must be one of gen_ai'],
      ] as const,
      2,
    ),
  )('%s is refused', async (args, message) => {
    const demo = runExample('demo/main.js', args.split(' '));
    await expect(demo).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
  });

  test('a scenario that is not there is named', async () => {
    const demo = runExample('demo/main.js', ['nowhere.json']);
    await expect(demo).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('nowhere.json') });
  });

  test('lists its options', async () => {
    const help = await runExample('demo/main.js', ['--help']);
    for (const option of ['--view', '--runaway', '--seconds N', '--dialects a,b', '--today'])
      expect(help).toContain(option);
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});

describe('the demo in front of a backend of the reader', () => {
  let backend: Receiver;
  const receive = async (answer: Answer = 200) => {
    backend = await startReceiver({ answer });
    return { OTEL_EXPORTER_OTLP_ENDPOINT: backend.url };
  };
  afterEach(() => backend.close());

  test('exports to it, and says what to look for there', async () => {
    const output = await runExample('demo/main.js', [RESEARCH], await receive());
    expect(output).toContain(`your backend at ${backend.url}`);
    const roots = backend.spans().filter(({ parentSpanId }) => !parentSpanId);
    expect(roots.map(({ name }) => name)).toEqual(['demo research']);
    const tasks = backend.spans().filter(({ name }) => name === 'task research');
    expect(tasks.map(({ attributes }) => attributes['task.cost_usd'])).toEqual([0.142]);
    expect(output).toContain('task.cost_usd $0.142');
    expect(output).toContain(tasks[0]?.traceId);
    expect(backend.requests.map(({ contentType }) => contentType)).toEqual(['application/json']);
  });

  test.each(someRows(['OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL']))(
    'sends protobuf where %s says so, with headers, and in the dialects that are asked for',
    async (variable) => {
      const env = await receive();
      await runExample('demo/main.js', ['--dialects', 'openinference, logfire', RESEARCH], {
        ...env,
        [variable]: 'http/protobuf',
        OTEL_EXPORTER_OTLP_HEADERS: 'x-experiment=7,authorization=Bearer%20key',
      });
      expect(backend.requests.map(({ contentType }) => contentType)).toEqual(['application/x-protobuf']);
      expect(backend.requests[0]?.headers).toMatchObject({
        'x-experiment': '7',
        authorization: 'Bearer key',
      });
      expect(ownCostPico()).toBe(142_000_000_000);
      const billed = backend.spans().filter(({ attributes }) => attributes.cost_usd !== undefined);
      expect(billed).toHaveLength(15);
      for (const { attributes } of billed) {
        expect(attributes['llm.cost.total']).toBe(attributes.cost_usd);
        expect(attributes['operation.cost']).toBe(attributes.cost_usd);
      }
    },
  );

  test('says of a recorded run on which day the backend has it', async () => {
    const output = await runExample('demo/main.js', [RECORDED], await receive());
    expect(output).toContain('dated     2026-05-31, as it was recorded: search that day');
    expect(days()).toEqual(['2026-05-31']);
  });

  test('--today: a recorded run has just happened, at the prices of its day', async () => {
    const before = Date.now();
    const output = await runExample('demo/main.js', ['--today', RECORDED], await receive());
    expect(output).not.toContain('dated');
    expect(output).toContain('task.cost_usd $0.0132252');
    expect(ownCostPico()).toBe(13_225_200_000);
    for (const { startNanos, endNanos } of backend.spans()) {
      // Moved by whole seconds, never into the future.
      expect(millisOf(startNanos)).toBeGreaterThan(before - 1000);
      expect(endNanos).toBeGreaterThanOrEqual(startNanos);
      expect(millisOf(endNanos)).toBeLessThanOrEqual(Date.now());
    }
  });

  test('--today: where a price has changed since, the old one is billed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'demo-'));
    const path = join(folder, 'scenario.json');
    const env = await receive();
    const costOf = async (startTime: string, ...options: string[]) => {
      const scenario = JSON.parse(await readFile(RECORDED, 'utf8'));
      await writeFile(path, JSON.stringify({ ...scenario, model: 'o3', startTime }));
      const before = ownCostPico();
      await runExample('demo/main.js', [...options, path], env);
      return ownCostPico() - before;
    };
    // o3 became cheaper by 80 % on 2025-06-10, except for cached input.
    const recorded = await costOf('2025-05-31T20:00:00Z', '--today');
    expect(await costOf(new Date().toISOString())).toBeLessThan(recorded / 2);
    await rm(folder, { recursive: true });
  });

  test('says so when it cannot be reached', async () => {
    const env = await receive();
    await backend.close();
    const demo = runExample('demo/main.js', [RESEARCH], { ...env, OTEL_EXPORTER_OTLP_TIMEOUT: '300' });
    await expect(demo).rejects.toThrow(/The spans could not be sent: .*Is a receiver running there\?/);
  });

  test.each(
    someRows<[string, Answer, Record<string, string>, string]>([
      [
        'wants protobuf',
        { status: 415, body: '{"detail":"Unsupported content type: application/json"}' },
        {},
        '415 Unsupported Media Type: {"detail":"Unsupported content type: application/json"}\nThe spans were sent as http/json: try OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\n',
      ],
      [
        'wants a header',
        { status: 422, body: 'x-experiment: Field required' },
        { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf' },
        '422 Unprocessable Entity: x-experiment: Field required\nThe spans were sent as http/protobuf: try OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/json\nOTEL_EXPORTER_OTLP_HEADERS=name=value adds a header\n',
      ],
      ['is full', { status: 400, body: 'no space' }, {}, '400 Bad Request: no space\nthe agent process'],
    ]),
  )('repeats its answer when it %s', async (_case, answer, env, told) => {
    const endpoint = await receive(answer);
    const demo = runExample('demo/main.js', [RESEARCH], { ...endpoint, ...env });
    await expect(demo).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`The spans could not be sent: ${told}`),
    });
  });

  test('refuses a protocol that it does not speak', async () => {
    const env = await receive();
    const demo = runExample('demo/main.js', [RESEARCH], { ...env, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' });
    await expect(demo).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'OTEL_EXPORTER_OTLP_PROTOCOL must be one of http/json, http/protobuf here, got "grpc"',
      ),
    });
    expect(backend.requests).toEqual([]);
  });

  function ownCostPico(): number {
    return backend
      .spans()
      .reduce((sum, { attributes }) => sum + picoFromUsd(Number(attributes.cost_usd ?? 0)), 0);
  }

  function days(): string[] {
    const starts = backend.spans().map(({ startNanos }) => new Date(millisOf(startNanos)));
    return [...new Set(starts.map((start) => start.toISOString().slice(0, 10)))];
  }
});

describe('the agent loop', () => {
  test('runs offline without a key', async () => {
    const output = await runExample('agent-loop.js');
    expect(output).toMatch(/^Answer: /);
    // 1,110 in at 2.5e-6, 77 out at 1e-5, one search and one page.
    expect(output).toContain('$0.009545 for 1110 tokens in and 77 out');
  });

  test.each(
    someRows([
      ['openai', '/v1', '$0.0035 for 1000 tokens in and 100 out'],
      ['anthropic', '', '$0.0045 for 1000 tokens in and 100 out'],
    ] as const),
  )('asks the model of %s when its key is set', async (provider, path, bill) => {
    const server = await startStandIn([turn({ inputTokens: 1000, outputTokens: 100, text: 'Answer: yes' })]);
    const output = await runExample('agent-loop.js', [], {
      [`${provider.toUpperCase()}_API_KEY`]: 'key',
      [`${provider.toUpperCase()}_BASE_URL`]: `${server.url}${path}`,
    });
    server.close();
    expect(output).toContain('Answer: yes');
    expect(output).toContain(bill);
  });
});

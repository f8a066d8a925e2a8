/** The programs by themselves: each starts, is killed, and is there again; none is left running. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { eventually } from '../support/ask.js';
import { newTraceId, sendSpans, sendSums } from '../support/otlp-send.js';
import { startAlertmanager } from '../support/programs/alertmanager.js';
import { isSkipped, type ProgramName } from '../support/programs/binaries.js';
import { startClickHouse } from '../support/programs/clickhouse.js';
import { startCollector } from '../support/programs/collector.js';
import { startJaeger } from '../support/programs/jaeger.js';
import { leashed } from '../support/programs/leash.js';
import { answers, type Program } from '../support/programs/program.js';
import { startPrometheus } from '../support/programs/prometheus.js';
import { startTempo } from '../support/programs/tempo.js';

const folder = mkdtempSync(join(tmpdir(), 'otel-agent-cost-programs-'));
vi.stubEnv('TMPDIR', folder);
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

const COLLECTOR = `
receivers: { otlp: { protocols: { http: {}, grpc: {} } } }
exporters: { debug: {} }
service: { pipelines: { traces: { receivers: [otlp], exporters: [debug] } } }
`;

/** The receiver is one for both signals: it starts with the first of them, while exporters of the other do not run yet. */
const exportersOf = (signal: string) =>
  Array.from({ length: 100 }, (_, number) => `otlp_http/${signal}_${number}`);
const [ofTraces, ofMetrics] = [exportersOf('traces'), exportersOf('metrics')];
const slowExporter = (name: string) =>
  `  ${name}: { endpoint: "http://127.0.0.1:9", sending_queue: { storage: file_storage } }`;
const SLOW_COLLECTOR = `
extensions: { file_storage: { directory: "\${env:OTELCOL_STATE_DIR}", create_directory: true } }
receivers: { otlp: { protocols: { http: {}, grpc: {} } } }
exporters:
${[...ofTraces, ...ofMetrics].map(slowExporter).join('\n')}
service:
  extensions: [file_storage]
  pipelines:
    traces: { receivers: [otlp], exporters: [${ofTraces.join(', ')}] }
    metrics: { receivers: [otlp], exporters: [${ofMetrics.join(', ')}] }
`;

interface Started {
  name: ProgramName;
  start(): Promise<{ program: Program; address: string }>;
}

const PROGRAMS: Started[] = [
  {
    name: 'collector',
    async start() {
      const program = await startCollector(file('collector.yaml', COLLECTOR));
      return { program, address: program.metricsUrl };
    },
  },
  {
    name: 'jaeger',
    async start() {
      const program = await startJaeger();
      return { program, address: `${program.url}/api/services` };
    },
  },
  {
    name: 'tempo',
    async start() {
      const program = await startTempo();
      return { program, address: `${program.url}/ready` };
    },
  },
  {
    name: 'clickhouse',
    async start() {
      const program = await startClickHouse();
      return { program, address: `${program.url}/ping` };
    },
  },
  {
    name: 'prometheus',
    async start() {
      const program = await startPrometheus();
      return { program, address: `${program.url}/-/ready` };
    },
  },
  {
    name: 'alertmanager',
    async start() {
      const program = await startAlertmanager('http://127.0.0.1:9/');
      return { program, address: `${program.url}/-/ready` };
    },
  },
];

const foldersOf = (name: ProgramName) =>
  readdirSync(tmpdir()).filter((entry) => entry.startsWith(`otel-agent-cost-${name}-`));

describe.each(PROGRAMS)('$name', ({ name, start }) => {
  it.skipIf(isSkipped(name))(
    'starts, can be killed, comes back where it was, and leaves nothing',
    async () => {
      const before = foldersOf(name);
      const { program, address } = await start();
      expect(await answers(address)).toBe(true);
      await program.kill();
      expect(program.isRunning()).toBe(false);
      expect(await answers(address)).toBe(false);
      await program.restart();
      expect(await answers(address)).toBe(true);
      await program.stop();
      expect(await answers(address)).toBe(false);
      expect(foldersOf(name)).toEqual(before);
    },
  );
});

describe('a program that does not start', () => {
  it.skipIf(isSkipped('collector'))('says why, in its own words', async () => {
    const config = file('wrong.yaml', COLLECTOR.replace('debug: {}', 'debug: { verbocity: detailed }'));
    await expect(startCollector(config)).rejects.toThrow(/collector did not start:[\s\S]*verbocity/);
  });
});

describe('a collector', () => {
  it.skipIf(isSkipped('collector'))('is ready only when all that is behind its receivers is', async () => {
    const collector = await startCollector(file('slow.yaml', SLOW_COLLECTOR));
    const sender = { service: 'early' };
    await sendSpans(collector.otlpUrl, [{ traceId: newTraceId(), name: 'first' }], sender);
    await sendSums(collector.otlpUrl, [{ name: 'first', value: 1 }], sender);
    await collector.stop();
  });
});

describe('the process that started programs', () => {
  it('takes them along, though it is killed', async () => {
    const [command, args] = leashed(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const options = { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] };
    const script = `
      const { pid } = require('node:child_process').spawn(${JSON.stringify(command)}, ${JSON.stringify(args)}, ${JSON.stringify(options)});
      console.log(pid);`;
    const owner = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [printed] = await once(owner.stdout, 'data');
    const pid = Number(printed);
    expect(isAlive(pid)).toBe(true);
    owner.kill('SIGKILL');
    await eventually(
      () => isAlive(pid),
      (alive) => expect(alive).toBe(false),
      { timeoutMillis: 5000 },
    );
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('integration/backends/build.sh', () => {
  const script = fileURLToPath(new URL('../build.sh', import.meta.url));
  const build = async (args: string[], env: Record<string, string>) => {
    const child = spawn('bash', [script, ...args], {
      env: { ...process.env, OTEL_AGENT_COST_CACHE: folder, ...env },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    const [code] = await once(child, 'close');
    return { code, output };
  };

  it('fails with one line for each program that cannot be got', async () => {
    chmodSync(file('go', '#!/bin/sh\necho "go: no module today"\nexit 1\n'), 0o755);
    const env = { PATH: `${folder}:${process.env.PATH}`, COLLECTOR_BIN: '', JAEGER_BIN: '/nowhere/jaeger' };
    const { code, output } = await build(['collector', 'jaeger'], env);
    expect(code).toBe(1);
    const [what, cost, rest, ...lines] = output.trimEnd().split('\n');
    expect(what).toBe('Not here yet, and built now, once: collector.');
    expect([cost, rest].join(' ')).toMatch(
      /20 minutes .* Go, apt-get, Python 3 and 7 GB: .* free\. Output of the builds: /,
    );
    expect(lines).toEqual([
      expect.stringMatching(/^collector +MISSING: go: no module today \(all of it: /),
      expect.stringMatching(/^jaeger +MISSING: JAEGER_BIN=\/nowhere\/jaeger is no program$/),
    ]);
  });

  it('goes on without a program that the machine cannot have, and says why', async () => {
    const own = mkdtempSync(join(folder, 'no-python-'));
    writeFileSync(join(own, 'python3'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const env = { PATH: `${own}:${process.env.PATH}`, OTEL_AGENT_COST_CACHE: own, CLICKHOUSE_BIN: '' };
    expect(await build(['clickhouse'], env)).toEqual({
      code: 0,
      output: expect.stringMatching(/^clickhouse +NOT HERE: no Python 3 with venv .*CLICKHOUSE_URL/m),
    });
    expect((await build(['clickhouse'], env)).output).not.toContain('built now');
    expect(await build(['--where', 'clickhouse'], env)).toMatchObject({ code: 2 });
  });

  it('takes what a person names, and asks for nothing where that runs already', async () => {
    const given = { COLLECTOR_BIN: process.execPath, JAEGER_URL: 'http://127.0.0.1:9' };
    const { code, output } = await build(['collector', 'jaeger'], given);
    expect(code).toBe(0);
    expect(output).toContain(`COLLECTOR_BIN=${process.execPath}`);
    expect(output).toContain('runs at http://127.0.0.1:9');
    expect(await build(['--where', 'collector'], given)).toEqual({
      code: 0,
      output: `${process.execPath}\n`,
    });
  });
});

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { kindOf } from '../../examples/demo/nodes.js';
import { startReceiver } from '../../examples/demo/receiver.js';
import { startStandIn, turn } from '../../examples/provider/stand-in.js';

const run = promisify(execFile);
const ESCAPE = String.fromCharCode(27);

function exampleFile(path: string): string {
  return fileURLToPath(new URL(`../../examples/${path}`, import.meta.url));
}

/** Runs an example as a user does, with nothing of the test's own environment that it reads. */
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

  test('exports to the backend that is named, and says what to look for there', async () => {
    const backend = await startReceiver();
    const output = await runExample('demo/main.js', [exampleFile('demo/research.json')], {
      OTEL_EXPORTER_OTLP_ENDPOINT: backend.url,
    });
    backend.close();
    expect(output).toContain(`your backend at ${backend.url}`);
    const tasks = backend.spans.filter((span) => kindOf(span) === 'task');
    expect(tasks.map(({ attributes }) => attributes['task.cost_usd'])).toEqual([0.142]);
    expect(output).toContain('task.cost_usd $0.142');
    expect(output).toContain(tasks[0]?.traceId);
  });

  test('says of a recorded run on which day the backend has it', async () => {
    const backend = await startReceiver();
    const recorded = exampleFile('recorded/tau2-airline.json');
    const output = await runExample('demo/main.js', [recorded], { OTEL_EXPORTER_OTLP_ENDPOINT: backend.url });
    backend.close();
    const starts = backend.spans.map(({ startTimeMillis }) => startTimeMillis);
    expect(output).toContain(`dated     ${new Date(Math.min(...starts)).toISOString().slice(0, 10)}`);
  });

  test('says so when that backend cannot be reached', async () => {
    const backend = await startReceiver();
    backend.close();
    const demo = runExample('demo/main.js', [exampleFile('demo/research.json')], {
      OTEL_EXPORTER_OTLP_ENDPOINT: backend.url,
      OTEL_EXPORTER_OTLP_TIMEOUT: '300',
    });
    await expect(demo).rejects.toThrow('The spans could not be sent: ');
  });
});

describe('the agent loop', () => {
  test('runs offline without a key', async () => {
    const output = await runExample('agent-loop.js');
    expect(output).toMatch(/^Answer: /);
    // 1,110 in at 2.5e-6, 77 out at 1e-5, one search and one page.
    expect(output).toContain('$0.009545 for 1110 tokens in and 77 out');
  });

  test.each([
    ['openai', '/v1', '$0.0035 for 1000 tokens in and 100 out'],
    ['anthropic', '', '$0.0045 for 1000 tokens in and 100 out'],
  ])('asks the model of %s when its key is set', async (provider, path, bill) => {
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

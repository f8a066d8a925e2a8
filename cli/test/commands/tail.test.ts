import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { call, task } from '../support/made.js';
import { demoLines, otlpOf } from '../support/otlp-files.js';
import { useProgram } from '../support/program.js';
import { run } from '../support/terminal.js';

const ID = 'd000000000000001';

/** A tail in this process, with what it has written so far. */
async function tail(screen: { isTTY?: boolean } = {}, args: readonly string[] = []) {
  const ended = new AbortController();
  const written = { out: '', err: '' };
  const output = (name: 'out' | 'err') => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const exit = run(['tail', ...args], {
    stdout: { ...output('out'), columns: 90, rows: 30, ...screen },
    stderr: output('err'),
    signal: ended.signal,
  });
  await until(() => /ENDPOINT=http/.test(written.err));
  const url = /ENDPOINT=(\S+)/.exec(written.err)?.[1];
  const send = async (body: string) => {
    const answer = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(answer.status).toBe(200);
  };
  const stop = async () => {
    ended.abort();
    return (await exit).exitCode;
  };
  return { written, send, stop };
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !isTrue(); turn++) await delay(50);
  expect(isTrue()).toBe(true);
}

const leaf = () =>
  call(
    0.25,
    { 'task.id': ID, 'task.name': 'work', 'gen_ai.usage.input_tokens': 1000 },
    { parentSpanId: ID, startMillis: Date.now() },
  );
const end = (usd: number, more: Record<string, unknown> = {}) =>
  task(ID, usd, more, { startMillis: Date.now() });

describe('tail', () => {
  let stop: (() => Promise<number>) | undefined;
  afterEach(async () => {
    await stop?.();
    stop = undefined;
  });

  it('prints the tree of a task when its roll-up has arrived', async () => {
    const tailed = await tail();
    stop = tailed.stop;
    const line = demoLines().split('\n')[0] ?? '';
    await tailed.send(line);
    await until(() => tailed.written.out.includes('$0.142'));
    expect(tailed.written.out).toMatch(/task research +38,800 +3,200 +\$0\.142 +✓ success/);
    expect(tailed.written.out).toMatch(/tool web_search +\$0\.005 +✓/);
    expect(tailed.written.out).not.toContain('\u001b');
    expect(await tailed.stop()).toBe(0);
    expect(tailed.written.out.match(/task research/g)).toHaveLength(1);
  });

  it('prints nothing of a running task where lines cannot be replaced', async () => {
    const tailed = await tail();
    stop = tailed.stop;
    await tailed.send(otlpOf([leaf()]));
    await delay(1500);
    expect(tailed.written.out).toBe('');
    await tailed.send(otlpOf([end(0.25)]));
    await until(() => tailed.written.out.includes('✓ success'));
  });

  it('shows a running task in place on a terminal', async () => {
    const tailed = await tail({ isTTY: true });
    stop = tailed.stop;
    await tailed.send(otlpOf([leaf()]));
    await until(() => tailed.written.out.includes('$0.25'));
    expect(tailed.written.out).not.toContain('success');
    await tailed.send(otlpOf([end(0.25)]));
    await until(() => tailed.written.out.includes('✓ success'));
    expect(tailed.written.out).toContain('A\u001b[0J');
  });

  it('prints a correction', async () => {
    const tailed = await tail();
    stop = tailed.stop;
    await tailed.send(otlpOf([leaf(), end(0.25)]));
    await until(() => tailed.written.out.includes('✓ success'));
    const late = { ...end(0.5), spanId: 'd000000000000002', parentSpanId: ID, name: 'cost correction' };
    await tailed.send(otlpOf([call(0.25, { 'task.id': ID }, { parentSpanId: ID }), late]));
    await until(() => tailed.written.out.includes(`task work (${ID}) is corrected: it cost $0.50`));
  });

  it('prints a line of JSON for each task that has ended', async () => {
    const tailed = await tail({}, ['--json']);
    stop = tailed.stop;
    await tailed.send(otlpOf([leaf(), end(0.25)]));
    await until(() => tailed.written.out.endsWith('\n'));
    const [line = '', ...more] = tailed.written.out.trimEnd().split('\n');
    expect(more).toEqual([]);
    expect(JSON.parse(line)).toMatchObject({
      id: ID,
      name: 'work',
      outcome: 'success',
      usd: '0.25',
      total: { pico: '250000000000' },
    });
  });

  it('prices spans that come without our keys', async () => {
    const tailed = await tail();
    stop = tailed.stop;
    const { attributes, ...rest } = leaf();
    const bare = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.response.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 100,
    };
    await tailed.send(otlpOf([{ ...rest, attributes: bare, parentSpanId: '' }]));
    await until(() => tailed.written.out.includes('$0.0035'));
  });

  it('refuses a port that is taken, and one that is none', async () => {
    const tailed = await tail();
    stop = tailed.stop;
    const port = /:(\d+)/.exec(tailed.written.err)?.[1] ?? '';
    const second = await run(['tail', '--port', port]);
    expect(second.exitCode).toBe(2);
    expect(second.err).toContain(port);
    expect((await run(['tail', '--port', '70000'])).err).toContain('the highest is 65535');
  });
});

describe('tail, as a process', () => {
  const program = useProgram();

  it('prints what has arrived when it is interrupted, and ends with 0', async () => {
    const child = program.start(['tail', '--json']);
    let [out, err] = ['', ''];
    child.stdout?.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      err += chunk;
    });
    await until(() => /ENDPOINT=http/.test(err));
    const url = /ENDPOINT=(\S+)/.exec(err)?.[1];
    const body = demoLines().split('\n')[0] ?? '';
    await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    child.kill('SIGINT');
    const [exitCode] = await once(child, 'close');
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ name: 'research', usd: '0.142' });
  });
});

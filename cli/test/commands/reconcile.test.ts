import { describe, expect, it } from 'vitest';
import { fixture } from '../support/exports.js';
import { span } from '../support/made.js';
import { fileWith, otlpOf } from '../support/otlp-files.js';
import { run } from '../support/terminal.js';

const usage = fileWith('openai-usage.csv', fixture('openai-usage.csv'));
const cost = fileWith('openai-cost.csv', fixture('openai-cost.csv'));

/** 400 fresh and 600 cached input tokens, and 50 output tokens: $0.00225. */
function call(hour: number, day = 6) {
  return span(
    {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.cache_read.input_tokens': 600,
      'gen_ai.usage.output_tokens': 50,
    },
    { traceId: `${day}${hour}`.padStart(32, 'a'), startMillis: Date.UTC(2026, 10, day, hour) },
  );
}

const input = otlpOf([call(10), call(11), call(12)]);

describe('reconcile', () => {
  it('shows that both sides are equal', async () => {
    const { exitCode, out, err } = await run(['reconcile', cost, '-'], { input });
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toBe(
      [
        "OpenAI's cost export",
        '',
        'day         model                export      ours  difference   rest',
        '2026-11-06  gpt-4o-2024-08-06  $0.00675  $0.00675       $0.00  $0.00',
        'total                          $0.00675  $0.00675       $0.00  $0.00',
        '',
        '$0.00 of $0.00675 is unexplained',
        '',
      ].join('\n'),
    );
  });

  it('fails when too much is unexplained', async () => {
    const one = otlpOf([call(10), call(11)]);
    const broken = await run(['reconcile', cost, '-'], { input: one });
    expect(broken.exitCode).toBe(1);
    expect(broken.out).toContain('$0.00225 of $0.00675 is too much to be unexplained');
    expect((await run(['reconcile', cost, '-', '--tolerance', '34%'], { input: one })).exitCode).toBe(0);
  });

  it('has no data when no call of the provider is on the days of the export', async () => {
    const others = otlpOf([call(10, 20)]);
    for (const more of [[], ['--json']]) {
      const { exitCode, out, err } = await run(['reconcile', cost, '-', ...more], { input: others });
      expect([exitCode, out]).toEqual([3, '']);
      expect(err).toContain('there is no call of openai on 2026-11-06 in the spans: nothing to compare');
    }
  });

  it('names other keys, and a model of ours that we never saw, which nothing explains', async () => {
    const { exitCode, out } = await run(['reconcile', usage, '-', '--keys', 'key_agents'], { input });
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^OpenAI's usage export \(completions\), its counts at list price$/m);
    expect(out).toMatch(/^2026-11-06 +gpt-4o-2024-08-06 +\$0.00785 +\$0.00675 +\$0.0011 +\$0.0011 +\$0.00$/m);
    expect(out).toMatch(
      /^2026-11-08 +gpt-4o-mini-2024-07-18 +\$0.00027 +\$0.00 +\$0.00027 +\$0.00027 +\$0.00$/m,
    );
    expect((await run(['reconcile', usage, '-'], { input })).exitCode).toBe(1);
  });

  it('prints JSON', async () => {
    const { out } = await run(['reconcile', cost, '-', '--json'], { input });
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      export: "OpenAI's cost export",
      rows: [
        {
          day: '2026-11-06',
          model: 'gpt-4o-2024-08-06',
          exportUsd: '0.00675',
          oursUsd: '0.00675',
          differenceUsd: '0',
        },
      ],
      total: { differencesUsd: { rest: '0' } },
      unexplainedUsd: '0',
    });
  });

  it.each([
    [['reconcile'], 2, 'expected the export'],
    [['reconcile', cost], 2, 'expected --db FILE, or a file of spans'],
    [['reconcile', cost, '-', '--provider', 'azure'], 2, 'expected openai or anthropic'],
    [['reconcile', cost, '-', '--provider', 'anthropic'], 3, "Anthropic's usage export: usage_date_utc"],
    [['reconcile', cost, '-', '--timezone', 'Mars'], 2, '--timezone is "Mars"'],
    [['reconcile', cost, '-', '--tolerance', 'much'], 2, '--tolerance is "much"'],
    [['reconcile', fileWith('x.csv', 'a,b\n1,2\n'), '-'], 3, 'Its columns are: a, b'],
    [['reconcile', '/nowhere/x.csv', '-'], 3, 'cannot be read'],
  ])('%j is refused', async (args, exitCode, message) => {
    const ran = await run(args, { input });
    expect(ran).toMatchObject({ exitCode, out: '' });
    expect(ran.err).toContain(message);
  });
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../support/terminal.js';

const folder = mkdtempSync(join(tmpdir(), 'price-'));
const CALL = ['price', '--model', 'gpt-4o', '--input', '1000', '--output', '50', '--date', '2026-11-01'];

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('price', () => {
  it('shows the arithmetic, aligned, with all digits, source and date', async () => {
    const { exitCode, out, err } = await run([...CALL, '--cache-read', '600', '--provider', 'openai']);
    expect([exitCode, err]).toEqual([0, '']);
    const lines = out.split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'input tokens         400  × $2.5 a million   $0.001',
      'cached input tokens  600  × $1.25 a million  $0.00075',
      'output tokens         50  × $10 a million    $0.0005',
      'total                                        $0.00225',
    ]);
    expect(out).toMatch(/^source +genai-prices\/openai\/gpt-4o@/m);
    expect(out).toMatch(/^date +2026-11-01T00:00:00.000Z$/m);
  });

  it('prints JSON', async () => {
    const { exitCode, out } = await run([...CALL, '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      model: 'gpt-4o',
      time: '2026-11-01T00:00:00.000Z',
      usd: '0.003',
      pico: '3000000000',
      lines: [
        { label: 'input tokens', pico: '2500000000' },
        { label: 'output tokens', pico: '500000000' },
      ],
    });
  });

  it('never shows $0 for an unknown model, and names similar ones', async () => {
    const { exitCode, out, err } = await run(['price', '--model', 'gpt-4oo', '--input', '1000']);
    expect([exitCode, out]).toEqual([1, '']);
    expect(err).toContain('The cost is unknown (unknown_model), for the model "gpt-4oo"');
    expect(err).toContain('Similar names in the price list: gpt-4o');
    const json = await run(['price', '--model', 'gpt-4oo', '--input', '1000', '--json']);
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ usd: null, pico: null, lines: [], status: 'unpriced' });
  });

  it('takes tier, date, and the rates and factors of a file', async () => {
    const tier = await run(['price', '--model', 'claude-sonnet-4-5', '--input', '1', '--tier', 'flex']);
    expect(tier.out).toMatch(/^status +estimated: other_tier$/m);
    const dated = (date: string) =>
      run([
        'price',
        '--model',
        'deepseek-v4-flash',
        '--provider',
        'deepseek',
        '--input',
        '1000000',
        '--date',
        date,
      ]);
    expect((await dated('2026-05-01')).out).toContain('$0.14');
    expect((await dated('2026-09-01T02:00Z')).out).toMatch(/^rate from +2026-08-16T16:00:00.000Z$/m);
    const own = file(
      'own.json',
      '{"overrides":{"ours":{"inputUsdPerMtok":3}},"priceFactors":{"ours":0.5},"tools":{},"budgets":{}}',
    );
    const ours = await run(['price', '--model', 'ours', '--input', '1000000', '--overrides', own]);
    expect(ours.out).toContain('input tokens  1,000,000  × $3 a million  × 0.5  $1.50');
    expect(ours.out).toMatch(/^source +override\/ours;factor=0.5$/m);
  });

  it.each([
    [[...CALL.slice(0, -1), '2026-02-30'], '--date is "2026-02-30"'],
    [[...CALL.slice(0, -1), 'yesterday'], 'expected a day such as'],
    [['price', '--model', 'gpt-4o'], 'no tokens are given'],
    [['price', '--model', 'gpt-4o', '--input', '5', '--cache-read', '9'], 'tokens.input'],
    [[...CALL, '--overrides', file('bad.json', '{"overrides":{"a":{"inputUsdPerMtok":-1}}}')], 'overrides.a'],
    [[...CALL, '--overrides', file('list.json', '[]')], 'not a JSON object'],
    [[...CALL, '--overrides', file('typo.json', '{"override":{}}')], 'did you mean "overrides"?'],
  ])('%j is a mistake', async (args, message) => {
    const { exitCode, out, err } = await run(args);
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });

  it('says when the file cannot be read', async () => {
    const missing = await run([...CALL, '--overrides', join(folder, 'none.json')]);
    expect(missing.exitCode).toBe(3);
    expect(missing.err).toContain('cannot be read');
  });
});

import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { COMMANDS } from '../src/commands/table.js';
import { run } from './support/terminal.js';

describe('the command line', () => {
  it('says its version', async () => {
    expect(await run(['--version'])).toEqual({ exitCode: 0, out: `${manifest.version}\n`, err: '' });
  });

  it('lists the commands', async () => {
    const { exitCode, out } = await run(['--help']);
    expect(exitCode).toBe(0);
    for (const { name, summary } of COMMANDS)
      expect(out).toMatch(new RegExp(`^ {2}${name} +${summary.slice(0, 10)}`, 'm'));
    expect(await run([])).toMatchObject({ exitCode: 2, out });
    expect(await run(['help'])).toMatchObject({ exitCode: 0, out });
  });

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    'explains %s without running it',
    async (name, { options }) => {
      const { exitCode, out, err } = await run([name, '--help']);
      expect([exitCode, err]).toEqual([0, '']);
      for (const option of Object.keys(options)) expect(out).toContain(`--${option}`);
      expect(await run(['help', name])).toMatchObject({ out });
      expect(out.split('\n').every((line) => line.length <= 132)).toBe(true);
    },
  );

  it.each([
    [['prise'], 'unknown command "prise"; did you mean "price"?'],
    [['recon'], 'did you mean "reconcile"?'],
    [['xyz'], 'unknown command "xyz"; known are'],
    [['--json'], 'unknown option "--json"'],
    [['price', '--modle', 'x'], 'unknown option "--modle" of price; did you mean "--model"?'],
    [['price', '--zzz'], 'see otel-agent-cost-cli price --help'],
    [['price', '--constructor', 'x'], 'unknown option "--constructor"'],
    [['price', '--model'], '--model needs a value: --model MODEL'],
    [['price', '--model', '--input', '5'], '--model needs a value'],
    [['price', '--model=gpt-4o', '--model=x'], '--model is given twice'],
    [['price', '--json=yes', '--model', 'x'], '--json takes no value'],
    [['price', 'gpt-4o'], 'price takes no argument such as "gpt-4o"'],
    [['price', '--model', 'gpt-4o', '--input', '-5'], '--input is "-5"; expected a whole number from 0'],
    [['price', '--model', 'gpt-4o', '--input', '1.5'], '--input is "1.5"'],
    [['price', '--input', '5'], '--model is missing'],
    [['focus', 'a.json', 'b.json'], 'expected one file, not 2'],
    [['focus'], 'expected --db FILE, or a file of spans'],
    [['check', '--db', 'x'], 'there is no limit to check'],
  ])('%j is a mistake: %s', async (args, message) => {
    const { exitCode, out, err } = await run(args);
    expect(exitCode).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(message);
    expect(err).not.toContain('    at ');
  });
});

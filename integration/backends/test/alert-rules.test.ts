import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ALERTS_FOLDER, RULE_TESTS_FOLDER, readRules, readRuleTests } from '../../../test/support/rules.js';
import { binaryOf, isSkipped } from '../support/programs/binaries.js';

const work = mkdtempSync(join(tmpdir(), 'otel-agent-cost-promtool-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Everything that promtool says; the empty text where it finds no fault. */
function faultsBy(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(binaryOf('promtool'), args, { encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

const cases = readRuleTests().flatMap(({ tests, ...settings }) =>
  tests.map((test) => ({ settings, test, title: `${settings.file}: ${test.name}` })),
);

describe.skipIf(isSkipped('promtool'))('promtool', () => {
  it.each(readRules())('takes $name', ({ name }) => {
    expect(faultsBy('check', 'rules', '--lint-fatal', join(ALERTS_FOLDER, name))).toBe('');
  });

  // One at a time, so that each is seen to pass; promtool itself says only that a file does.
  it.each(cases)('runs $title', ({ settings: { file, ...settings }, test }) => {
    const path = join(work, file);
    const rule_files = settings.rule_files.map((rules) => join(RULE_TESTS_FOLDER, rules));
    // JSON is YAML.
    writeFileSync(path, JSON.stringify({ ...settings, rule_files, tests: [test] }));
    expect(faultsBy('test', 'rules', path)).toBe('');
  });

  it('finds a test that expects something else', () => {
    const path = join(work, 'wrong.yaml');
    const rule_files = [join(ALERTS_FOLDER, 'agent-cost.targets.rules.yaml')];
    const promql_expr_test = [
      { expr: 'agent_cost:daily_budget_usd > 1e6', eval_time: '1m', exp_samples: [{ value: 1 }] },
    ];
    writeFileSync(path, JSON.stringify({ rule_files, tests: [{ promql_expr_test }] }));
    expect(faultsBy('test', 'rules', path)).toContain('agent_cost:daily_budget_usd');
  });
});

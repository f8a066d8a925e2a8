import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readRules, rulesOf } from '../../../test/support/rules.js';
import { binaryOf, isSkipped } from '../support/programs/binaries.js';

const CONFIG = fileURLToPath(new URL('../../../deploy/alertmanager.yml', import.meta.url));
const RECEIVERS = { critical: 'on-call', warning: 'team', info: 'nobody' };

const work = mkdtempSync(join(tmpdir(), 'otel-agent-cost-amtool-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function amtool(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(binaryOf('amtool'), args, { encoding: 'utf8' });
  return { status, stdout: stdout.trim(), stderr };
}

const alerts = rulesOf(readRules()).flatMap(({ alert, labels = {} }) =>
  alert === undefined ? [] : [{ alert, severity: labels.severity ?? '' }],
);

describe.skipIf(isSkipped('amtool'))('amtool', () => {
  it('takes the configuration of Alertmanager', () => {
    expect(amtool('check-config', CONFIG)).toMatchObject({ status: 0 });
  });

  it('finds a configuration that sends to nobody it knows', () => {
    const path = join(work, 'wrong.yml');
    writeFileSync(path, JSON.stringify({ route: { receiver: 'team' }, receivers: [{ name: 'others' }] }));
    expect(amtool('check-config', path).status).not.toBe(0);
  });

  it.each(alerts)('sends $alert ($severity) to the receiver of its severity', ({ alert, severity }) => {
    const { stdout } = amtool(
      ...['config', 'routes', 'test', `--config.file=${CONFIG}`],
      ...[`alertname=${alert}`, `severity=${severity}`, 'job=agents'],
    );
    expect(stdout).toBe(Object.entries(RECEIVERS).find(([name]) => name === severity)?.[1]);
  });
});

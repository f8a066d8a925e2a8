/** The collector reads the files as they are, and says which key is wrong in one that is not. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { GATEWAY_CONFIG } from '../../support/collector-stand.js';
import { DISK_CONFIG } from '../../support/disk-collector.js';
import { binaryOf, isSkipped } from '../../support/programs/binaries.js';
import {
  CLICKHOUSE_CONFIG,
  COLLECTOR_CONFIG,
  startShippedCollector,
} from '../../support/shipped-collector.js';

describe.skipIf(isSkipped('collector'))('the Collector reads', () => {
  const folder = mkdtempSync(join(tmpdir(), 'otel-agent-cost-validate-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const validate = (file: string, env: Record<string, string> = {}, overlay?: string) => {
    const files = [file, overlay].filter((path) => path !== undefined);
    return spawnSync(binaryOf('collector'), ['validate', ...files.map((path) => `--config=${path}`)], {
      encoding: 'utf8',
      cwd: folder,
      env: { ...process.env, ...env },
    });
  };

  it.each([
    ['collector-config.yaml', COLLECTOR_CONFIG],
    ['deploy/collector-config.gateway.yaml', GATEWAY_CONFIG],
    ['deploy/collector-config.disk.yaml', DISK_CONFIG],
  ])('%s, and has nothing to say about it', (_name, file) => {
    expect(validate(file)).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  it('deploy/collector-config.clickhouse.yaml on top of the first, and names a wrong key in it', () => {
    const said = validate(COLLECTOR_CONFIG, {}, CLICKHOUSE_CONFIG);
    expect(said).toMatchObject({ status: 0, stdout: '', stderr: '' });
    const file = join(folder, 'clickhouse.yaml');
    writeFileSync(file, readFileSync(CLICKHOUSE_CONFIG, 'utf8').replace('create_schema:', 'create_schemas:'));
    expect(validate(COLLECTOR_CONFIG, {}, file)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('create_schemas'),
    });
  });

  it.each([
    ['decision_wait', 'decision_weight'],
    ['sampling_strategy', 'sampling_stragety'],
    ['max_stale', 'max_stalee'],
    ['include_resource_attributes', 'include_resource_attribute'],
    ['monotonic', 'monotonous'],
    ['queue_size', 'queue_sise'],
    ['max_elapsed_time', 'max_elapsed_times'],
    ['remote_write_queue', 'remote_write_que'],
  ])('a file with a wrong key in place of %s, and names it', (right, wrong) => {
    const text = readFileSync(COLLECTOR_CONFIG, 'utf8');
    const file = join(folder, `${wrong}.yaml`);
    writeFileSync(file, text.replace(`${right}:`, `${wrong}:`));
    const { status, stderr } = validate(file);
    expect(status).not.toBe(0);
    expect(stderr).toContain(wrong);
  });

  it.each([
    ['a wait without a unit', { DECISION_WAIT: 'soon' }, 'decision_wait'],
    ['a share in words', { KEEP_SHARE_PERCENT: 'some' }, 'sampling_percentage'],
    ['a queue in words', { TRACE_QUEUE_BYTES: 'large' }, 'queue_size'],
  ])('%s from the environment, and says where it is wrong', (_case, env, key) => {
    const { status, stderr } = validate(COLLECTOR_CONFIG, env);
    expect(status).not.toBe(0);
    expect(stderr).toContain(key);
  });

  it('a cost in words only when it starts, and does not start', async () => {
    await expect(startShippedCollector({}, { KEEP_TASK_USD: 'ten cents' })).rejects.toThrow(
      /policy evaluator for .*dear.*: condition has invalid syntax/,
    );
  });
});

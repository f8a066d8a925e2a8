/** scripts/check-prices.mjs, which says when the price list has moved. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelInfo, Provider } from '@pydantic/genai-prices';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { comparePrices, summaryOf } from '../../scripts/check-prices.mjs';

const SCRIPT = fileURLToPath(new URL('../../scripts/check-prices.mjs', import.meta.url));
const INSTALLED = fileURLToPath(new URL('../../node_modules/@pydantic/genai-prices/', import.meta.url));

const listOf = (models: Record<string, number>): Provider[] => [
  {
    id: 'p',
    name: 'P',
    api_pattern: '',
    models: Object.entries(models).map(
      ([id, input_mtok]): ModelInfo => ({ id, match: { equals: id }, prices: { input_mtok } }),
    ),
  },
];

describe('two price lists', () => {
  it('differ in models that are new, gone, or have other prices', () => {
    expect(comparePrices(listOf({ a: 1, b: 2, c: 3 }), listOf({ b: 2, c: 4, d: 5 }))).toEqual({
      added: ['p/d'],
      removed: ['p/a'],
      changed: ['p/c'],
    });
  });

  it('are summed up with what to do, in a bounded length', () => {
    const added = Array.from({ length: 250 }, (_, index) => `p/${index}`);
    const found = { locked: '1.0.0', newest: '1.1.0', added, removed: [], changed: ['p/c'], corrections: [] };
    const summary = summaryOf(found);
    expect(summary).toContain('`npm install @pydantic/genai-prices@1.1.0`');
    expect(summary).toContain('## Models with other prices: 1\n\n- p/c\n');
    expect(summary).toContain('- and 150 more');
    expect(summaryOf({ ...found, newest: '1.0.0' })).toContain('has not moved');
  });
});

describe('npm run check:prices', () => {
  let folder: string;
  let list: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'otel-agent-cost-price-test-'));
    list = join(folder, 'list');
    cpSync(INSTALLED, list, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const check = () => {
    const summary = join(folder, 'summary.md');
    writeFileSync(summary, '');
    const env = { ...process.env, GITHUB_STEP_SUMMARY: summary };
    const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, '--list', list], {
      env,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout.trim()).toBe(readFileSync(summary, 'utf8').trim());
    return { status, stdout };
  };

  it('succeeds while the list is the newest', () => {
    expect(check()).toMatchObject({ status: 0, stdout: expect.stringContaining('has not moved') });
  });

  it('fails with a newer one, and names the prices that changed and the corrections that no longer fit', () => {
    const manifest = JSON.parse(readFileSync(join(list, 'package.json'), 'utf8'));
    writeFileSync(join(list, 'package.json'), JSON.stringify({ ...manifest, version: '99.0.0' }));
    cpSync(join(list, 'dist/index.js'), join(list, 'dist/original.js'));
    // The list of that day has the fee of Perplexity's sonar right, as our correction of it says.
    writeFileSync(
      join(list, 'dist/index.js'),
      `export * from './original.js';
      import { updatePrices, waitForUpdate } from './original.js';
      const providers = await waitForUpdate();
      const { models } = providers.find(({ id }) => id === 'perplexity');
      models.find(({ id }) => id === 'sonar').prices = { input_mtok: 1, output_mtok: 1, requests_kcount: 5 };
      updatePrices(({ setProviderData }) => setProviderData(providers));`,
    );
    const { status, stdout } = check();
    expect(status).toBe(1);
    expect(stdout).toContain('99.0.0 is the newest');
    expect(stdout).toContain('## Models with other prices: 1\n\n- perplexity/sonar\n');
    expect(stdout).toContain(
      '## Corrections that need a look: 1\n\n- each correction perplexity/sonar is still needed',
    );
  });
});

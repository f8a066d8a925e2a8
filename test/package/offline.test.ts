/** The built entry needs no OpenTelemetry package. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesLoadedBy } from '../../scripts/api-report.mjs';
import { CHAT } from '../support/offline/spans.js';
import { importsOf, repositoryRoot } from './sources.js';

describe('the entry otel-agent-cost/offline', () => {
  it('loads no OpenTelemetry package', () => {
    const packages = new Set<string>();
    const open = ['offline.js'];
    const seen = new Set<string>();
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      for (const { specifier } of importsOf(readFileSync(`${repositoryRoot}dist/${file}`, 'utf8'))) {
        if (specifier.startsWith('.')) open.push(posix.join(posix.dirname(file), specifier));
        else if (!specifier.startsWith('node:')) packages.add(specifier);
      }
    }
    expect([...packages]).toEqual(['@pydantic/genai-prices']);
  });

  it('prices in an app that has none', () => {
    const app = mkdtempSync(join(tmpdir(), 'otel-agent-cost-none-'));
    const modules = join(app, 'node_modules');
    for (const path of ['package.json', 'dist'])
      cpSync(repositoryRoot + path, join(modules, 'otel-agent-cost', path), { recursive: true });
    mkdirSync(join(modules, '@pydantic'));
    const prices = '@pydantic/genai-prices';
    symlinkSync(`${repositoryRoot}node_modules/${prices}`, join(modules, prices), 'junction');
    const program = `import { priceSpans } from 'otel-agent-cost/offline';
      const [startTimeUnixNano, endTimeUnixNano] = [1780272000000000000n, 1780272001000000000n];
      const attributes = ${JSON.stringify(CHAT)};
      const span = { traceId: 'a', spanId: 'c', name: 'c', startTimeUnixNano, endTimeUnixNano, attributes };
      console.log(priceSpans([span])[0].attributes.cost_usd);`;
    const run = (input: string) =>
      execFileSync(process.execPath, ['--input-type=module', '-'], {
        cwd: app,
        encoding: 'utf8',
        input,
        stdio: 'pipe',
      });
    expect(run(program)).toBe('0.0035\n');
    expect(() => run("import 'otel-agent-cost';")).toThrow(/@opentelemetry/);
    rmSync(app, { recursive: true, force: true });
  });

  it('has declarations that need none', () => {
    const texts = filesLoadedBy('offline.d.ts').map((file) =>
      readFileSync(`${repositoryRoot}dist/${file}`, 'utf8'),
    );
    expect(texts.length).toBeGreaterThan(1);
    for (const text of texts) expect(text).not.toMatch(/from '@opentelemetry|import\('@opentelemetry/);
  });
});

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COST_REASONS } from '../src/cost-reason.js';
import { PriceBook } from '../src/pricing/price-book.js';
import { specifierOf } from '../src/register/install-line.js';
import { resolveOptions } from '../src/runtime/options.js';
import { type App, createApp, SDK_PACKAGES } from './support/app.js';
import { anchorOf } from './support/cookbook.js';
import { type DecodedSpan, type Receiver, startReceiver } from './support/otlp-receiver.js';
import {
  codeBlocks,
  LOOP_APP,
  LOOP_STUBS,
  OPENAI_PACKAGE,
  PAGES,
  READERS_APP,
  README,
  REFERENCE,
} from './support/readme.js';

const everyPage = [README, ...PAGES.values()];
const typescript = everyPage.flatMap((page) => codeBlocks('ts', page));
const [agent = ''] = codeBlocks('js');
const [shownTree = ''] = codeBlocks('text');
const [loop = ''] = codeBlocks('js', pageNamed('tasks.md'));
const [shownConfig] = codeBlocks('json').map((block) => JSON.parse(block));
const [shownSpan] = codeBlocks('json', pageNamed('attributes.md')).map((block) => JSON.parse(block));

function pageNamed(name: string): string {
  return PAGES.get(name) ?? expect.unreachable(`docs/${name}`);
}

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    target: 'ES2022',
    module: 'NodeNext',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    lib: ['ES2023', 'ESNext.Disposable', 'DOM'],
  },
});

describe('the README and the pages of docs/', () => {
  let app: App;
  let receiver: Receiver;
  let spans: DecodedSpan[];
  let printed: { answer: string; costUsd: number };

  beforeAll(async () => {
    receiver = await startReceiver();
    const blocks = Object.fromEntries(typescript.map((code, index) => [`block-${index}.mts`, code]));
    app = createApp({
      packages: [...SDK_PACKAGES, '@opentelemetry/sdk-trace-base', '@opentelemetry/core'],
      files: {
        ...blocks,
        'ambient.d.ts': READERS_APP.replace(/^declare const console.*$/m, ''),
        'tsconfig.json': TSCONFIG,
        'loop.mjs': LOOP_STUBS + loop,
        'main.mjs': LOOP_APP,
        'common.cjs': `const { withTask } = require('otel-agent-cost'); console.log(withTask('t', () => 'ran'));`,
        'agent.mjs': agent,
        ...OPENAI_PACKAGE,
      },
    });
    const run = await app.run('main.mjs', {
      nodeArguments: [],
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
    });
    expect(run.stderr).toBe('');
    printed = JSON.parse(run.stdout);
    spans = receiver.spans();
  });

  afterAll(async () => {
    await receiver.close();
    app.remove();
  });

  it('has TypeScript blocks that compile', () => {
    expect(typescript.length).toBeGreaterThan(4);
    const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
    try {
      execFileSync(process.execPath, [compiler, '-p', app.folder], { encoding: 'utf8' });
    } catch (error) {
      expect((error as { stdout: string }).stdout).toBe('');
    }
  });

  it('shows the tree that its agent prints with the command as it is written', async () => {
    expect(README).toContain('OTEL_AGENT_COST_SUMMARY=tree node --import otel-agent-cost/register agent.mjs');
    const run = await app.run('agent.mjs', { env: { OTEL_AGENT_COST_SUMMARY: 'tree' } });
    expect(run.stdout).toBe('Morse $0.0075\n');
    expect(run.stderr.split('\n').slice(1).join('\n')).toBe(shownTree);
  });

  it('asks for the very versions that go together', () => {
    const installed = everyPage.flatMap((page) => [...page.matchAll(/^npm install (.+)$/gm)]);
    expect(installed.length).toBeGreaterThan(3);
    for (const [, packages = ''] of installed) {
      for (const spec of packages.split(' ')) expect(spec).toBe(specifierOf(spec.replace(/(?<=.)@.*$/, '')));
    }
  });

  it('is short enough to be read', () => {
    expect(README.split('\n').length).toBeLessThanOrEqual(250);
  });

  it('shows a loop whose printed total is what its task span says', () => {
    const task = spans.find((span) => span.name === 'task research');
    expect(printed).toEqual({ answer: 'she', costUsd: task?.attributes['task.cost_usd'] });
  });

  it('shows for the loop just the figures that arrive', () => {
    const arrived = (name: string, key: string) =>
      spans.filter((span) => span.name === name).map((span) => span.attributes[key]);
    const page = pageNamed('tasks.md');
    const table = page.slice(page.indexOf('| span |'), page.indexOf('`budgetUsd` stops'));
    const rows = [...table.matchAll(/^\| `([^`]+)` \|([^|]*)\|([^|]*)\|$/gm)];
    expect(rows).toHaveLength(5);
    for (const [, name = '', own = '', rollUps = ''] of rows) {
      const expected = [...own.matchAll(/[\d.]+/g)].map(Number);
      expect(arrived(name, 'cost_usd').filter((value) => value !== undefined)).toEqual(expected);
      for (const [, key = '', values = ''] of rollUps.matchAll(/`([\w.]+)` ([\d., ]*[\d])/g)) {
        expect(arrived(name, key)).toEqual(values.split(', ').map(Number));
      }
    }
  });

  it('shows a span with the very attributes of a real one', () => {
    const real = spans.find((span) => span.name === shownSpan.name);
    const expected = { ...shownSpan.attributes };
    for (const key of Object.keys(expected)) expect(Object.keys(real?.attributes ?? {})).toContain(key);
    const version = expected['cost.source'].match(/@([\d.]+)$/)?.[1];
    expect(real?.attributes['cost.source']).toBe(expected['cost.source']);
    expect(version).toBeDefined();
  });

  it('shows options that are valid', () => {
    expect(Object.keys(shownConfig)).toEqual(['tools', 'overrides', 'aliases', 'priceFactors']);
    expect(() => new PriceBook(resolveOptions(shownConfig).prices)).not.toThrow();
  });

  it('can be required as it says', async () => {
    const run = await app.run('common.cjs', { nodeArguments: [] });
    expect(run.stdout).toBe('ran\n');
  });

  it('names commands and packages that exist', () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    // Those that register knows are installed by scripts/check-readme.mjs.
    const registered = readFileSync(new URL('../src/register/client-libraries.ts', import.meta.url), 'utf8');
    const known = [
      ...Object.keys({ ...manifest.peerDependencies, ...manifest.devDependencies }),
      // In integration/sdk3/, with a lock of its own.
      '@opentelemetry/sdk-trace',
      ...[...registered.matchAll(/'(@opentelemetry\/[\w-]+)'/g)].map(([, name]) => name),
    ];
    for (const page of everyPage) {
      for (const [, script = ''] of page.matchAll(/npm run ([\w:-]+)/g)) {
        expect(Object.keys(manifest.scripts)).toContain(script);
      }
      // The packages of the support table are installed in integration/real-sdks/, and checked there.
      const prose = page.replace(/<!-- support table: begin -->[\s\S]*<!-- support table: end -->/, '');
      for (const [, name = ''] of prose.matchAll(/(@opentelemetry\/[\w-]+)/g)) expect(known).toContain(name);
    }
  });

  it('links only to files and headings that are there', () => {
    const anchors = (page: string) => [
      ...[...page.matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => anchorOf(text)),
      ...[...page.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id),
    ];
    const broken = [
      ...['README.md', 'AGENTS.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'RELEASING.md', 'SECURITY.md'].map(
        (name) => [name, readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')] as const,
      ),
      ...[...PAGES].map(([name, page]) => [`docs/${name}`, page] as const),
      ...[...REFERENCE].map(([name, page]) => [`docs/api/${name}`, page] as const),
    ]
      .flatMap(([path, page]) =>
        [...page.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, to = '']) => [path, to] as const),
      )
      .filter(([path, to]) => {
        const target = new URL(to, new URL(path, new URL('../', import.meta.url)));
        if (!existsSync(fileURLToPath(target).replace(/#.*$/, ''))) return true;
        return target.hash !== '' && !anchors(readFileSync(target, 'utf8')).includes(target.hash.slice(1));
      });
    expect(broken).toEqual([]);
  });

  it('names every attribute that the library writes, and every reason', async () => {
    const names: Record<string, unknown> = await import('../src/attributes.js');
    const written = Object.values(names).filter((name): name is string => typeof name === 'string');
    const ours = written.filter((name) => !name.startsWith('gen_ai.') && name !== 'error.type');
    const named = everyPage.join('\n');
    expect(
      [...ours, ...Object.values(COST_REASONS).flat()].filter((name) => !named.includes(`\`${name}\``)),
    ).toEqual([]);
  });
});

describe('docs/unit-test.md', () => {
  const [shown = ''] = codeBlocks('js', pageNamed('unit-test.md'));
  const app = createApp({
    packages: ['vitest'],
    files: {
      'cost.test.mjs': shown,
      'agent.mjs': `
        import { withLlm } from 'otel-agent-cost';
        const { MODEL: model, OUTPUT_TOKENS } = process.env;
        export const answer = () =>
          withLlm({ provider: 'openai', model }, async () => ({
            model,
            usage: { prompt_tokens: 1000, completion_tokens: Number(OUTPUT_TOKENS) },
          }));`,
    },
  });
  afterAll(() => app.remove());

  it.each([
    ['passes for a cheap agent', 'gpt-4o', '100', 0, '2 passed'],
    ['fails for an expensive one', 'gpt-4o', '2000', 1, '1 failed | 1 passed'],
    ['fails for a model without a price', 'our-llama', '100', 1, '1 failed | 1 passed'],
  ])('shows a test that %s', async (_case, MODEL, OUTPUT_TOKENS, code, counts) => {
    const run = await app.run('node_modules/vitest/vitest.mjs', {
      nodeArguments: [],
      arguments: ['run'],
      env: { MODEL, OUTPUT_TOKENS, NO_COLOR: '1' },
    });
    expect(run.stdout).toContain(counts);
    expect(run.code).toBe(code);
  });
});

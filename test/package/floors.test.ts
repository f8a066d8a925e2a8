import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as floors from './floors.js';
import { entrySources as entries } from './package-json.js';
import { importsOf, readSources, repositoryRoot } from './sources.js';

const sources = readSources();
const withSource = (path: string, source: string) => new Map([[path, source]]);

describe('the structure of the sources', () => {
  it('imports downwards only', () => {
    expect(floors.findUpwardImports(sources, entries)).toEqual([]);
  });

  it('has no circles, types included', () => {
    expect(floors.findCircles(sources)).toEqual([]);
  });

  it('re-exports from entry files only, and never with a star', () => {
    expect(floors.findReExports(sources, entries)).toEqual([]);
  });

  it('keeps the sub-paths out of the root', () => {
    expect(floors.findSubPathsInRoot(sources, entries)).toEqual([]);
  });

  it(`has no file above ${floors.MAX_LINES} lines`, () => {
    expect(floors.findLongFiles(sources)).toEqual([]);
  });

  it('has a row for each wing in AGENTS.md, from the top down', () => {
    const page = readFileSync(`${repositoryRoot}AGENTS.md`, 'utf8');
    const rows = [...page.matchAll(/^\| `src\/(\w+)\/` \|/gm)].map(([, wing]) => wing);
    expect(rows).toEqual(floors.FLOORS.filter((wing) => !['ground', 'entry'].includes(wing)).toReversed());
  });

  it('exports at most 20 values from the root', async () => {
    expect(Object.keys(await import('../../src/index.js')).length).toBeLessThanOrEqual(20);
  });
});

describe('the checks of the structure can fail', () => {
  it('on an import of a floor above, a type included', () => {
    const broken = withSource('usage/bad.ts', "import type { Meter } from '../spans/bad.js';\n").set(
      'spans/bad.ts',
      '',
    );
    expect(floors.findUpwardImports(broken, entries)).toEqual(['usage/bad.ts imports upwards: spans/bad.ts']);
  });

  it('on an import of an entry file', () => {
    const broken = withSource('usage/bad.ts', "const root = await import('../index.js');\n").set(
      'index.ts',
      '',
    );
    expect(floors.findUpwardImports(broken, entries)).toEqual([
      'usage/bad.ts imports the entry file index.ts',
    ]);
  });

  it('on a folder that has no floor and on an import of nothing', () => {
    const [noFloor, nothing] = floors.findUpwardImports(
      withSource('misc/bad.ts', "import './none.js';\n"),
      entries,
    );
    expect(noFloor).toMatch(/^misc\/bad\.ts is on no floor/);
    expect(nothing).toBe('misc/bad.ts imports misc/none.ts, which does not exist');
  });

  it('on a circle of types', () => {
    const broken = withSource('usage/a.ts', "import type { B } from './b.js';\n").set(
      'usage/b.ts',
      "export function f(a: import('./a.js').A): void {}\n",
    );
    expect(floors.findCircles(broken)).toEqual(['usage/a.ts > usage/b.ts > usage/a.ts']);
  });

  it('on a re-export below the entry files, and on a star anywhere', () => {
    const deep = withSource('usage/bad.ts', "export {\n  type A,\n  b,\n} from './usage.js';\n");
    expect(floors.findReExports(deep, entries)).toEqual(['usage/bad.ts re-exports from ./usage.js']);
    const star = withSource('index.ts', "export type * from './usage/usage.js';\n");
    expect(floors.findReExports(star, entries)).toEqual(['index.ts exports everything of ./usage/usage.js']);
  });

  it('on a sub-path in the root', () => {
    const broken = withSource('index.ts', "import './register/bad.js';\n").set('register/bad.ts', '');
    expect(floors.findSubPathsInRoot(broken, entries)).toEqual(['register/bad.ts']);
  });

  it('on a long file', () => {
    const broken = withSource('usage/bad.ts', '//\n'.repeat(floors.MAX_LINES + 1));
    expect(floors.findLongFiles(broken)).toEqual(['usage/bad.ts has 301 lines (at most 300)']);
  });
});

describe('reading imports', () => {
  it('sees every form', () => {
    const source = [
      "import './bare.js';",
      "import a, { type B } from './named.js';",
      'import {',
      '  c,',
      "} from './lines.js';",
      "import type { D } from './type.js';",
      "export const e = 'from';",
      "export { f } from './again.js';",
      "const g = await import('./dynamic.js');",
    ].join('\n');
    const specifiers = importsOf(source).map(({ specifier }) => specifier);
    expect(specifiers).toEqual(
      ['bare', 'named', 'lines', 'type', 'again', 'dynamic'].map((name) => `./${name}.js`),
    );
  });
});

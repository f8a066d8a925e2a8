import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  apiReport,
  declarationsIn,
  entryDeclarations,
  filesLoadedBy,
  REPORT,
} from '../../scripts/api-report.mjs';
import { exportedNames } from './exported-names.js';
import { packageJson } from './package-json.js';
import { repositoryRoot } from './sources.js';

/** The most declaration files that an editor loads for an entry. They are few because the public types stand alone. */
const MAX_FILES = 25;

const entries: { specifier: string; file: string }[] = entryDeclarations();

describe('the public surface', () => {
  it('is that of the report: `npm run api-report` after a build writes it', () => {
    expect(readFileSync(repositoryRoot + REPORT, 'utf8')).toBe(apiReport());
  });

  it('is not in the package as a page', () => {
    expect(packageJson.files).toContain(`!${REPORT}`);
  });

  it.each(entries)('$specifier loads few declarations', ({ file }) => {
    expect(filesLoadedBy(file).length).toBeLessThanOrEqual(MAX_FILES);
  });

  it.each(entries)('$specifier has a docstring for each name that it exports', ({ file }) => {
    const files: string[] = filesLoadedBy(file);
    const texts = files.map((path) => declarationsIn(path));
    const names = exportedNames(declarationsIn(file));
    expect(names.filter((name) => !texts.some((text) => hasDocstring(text, name)))).toEqual([]);
  });
});

describe('the check of docstrings', () => {
  it('can fail', () => {
    expect(hasDocstring('/** Text. */\nexport interface A {\n}', 'A')).toBe(true);
    expect(hasDocstring('/** Text. */\nexport interface A {\n}\nexport interface B {\n}', 'B')).toBe(false);
    expect(hasDocstring('/** Text. */\nexport interface Ab {\n}', 'A')).toBe(false);
    expect(exportedNames("export { a, type B } from './x.js';\nexport type { C } from './y.js';")).toEqual([
      'a',
      'B',
      'C',
    ]);
  });
});

function hasDocstring(text: string, name: string): boolean {
  const kinds = 'class|interface|type|function|const';
  return new RegExp(`\\*/\\nexport (?:declare )?(?:abstract )?(?:${kinds}) ${name}\\b`).test(text);
}

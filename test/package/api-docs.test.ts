/**
 * The API reference in docs/api/. Whether it says what the declarations say is checked by a step of .ci/run, which installs
 * TypeDoc; this is about what can be seen without it. test/readme.test.ts follows its links.
 */
import { describe, expect, it } from 'vitest';
import { declarationsIn, entryDeclarations } from '../../scripts/api-report.mjs';
import { REFERENCE } from '../support/readme.js';
import { exportedNames } from './exported-names.js';
import { packageJson } from './package-json.js';

const entries: { specifier: string; file: string }[] = entryDeclarations();
const pages = entries
  .map(({ specifier, file }) => ({
    specifier,
    names: exportedNames(declarationsIn(file)),
    page: file.replace('.d.ts', '.md'),
  }))
  .filter(({ names }) => names.length > 0);

describe('the API reference', () => {
  it('has a page for each entry that exports names, and a list of them', () => {
    expect([...REFERENCE.keys()].sort()).toEqual(['README.md', ...pages.map(({ page }) => page)].sort());
    for (const { specifier, page } of pages)
      expect(REFERENCE.get('README.md')).toContain(`[${specifier}](${page})`);
  });

  it.each(pages)('of $specifier has a heading for each of its names, and for no other', ({ names, page }) => {
    const headings = [...(REFERENCE.get(page) ?? '').matchAll(/^### (\w+)(?:\\?<.*)?(?:\(\))?$/gm)];
    expect(headings.map(([, name]) => name).sort()).toEqual(names.sort());
  });

  it('links each name to the heading of that name', () => {
    const headings = new Map([...REFERENCE].map(([page, text]) => [page, namesByAnchor(text)]));
    const links = [...REFERENCE].flatMap(([from, text]) =>
      [...text.matchAll(/\[`?(\w+)`?\]\(([\w.]*)#([\w-]+)\)/g)].map(([, name, to, anchor = '']) => ({
        name,
        heading: headings.get(to || from)?.get(anchor),
      })),
    );
    expect(links.length).toBeGreaterThan(100);
    expect(links.filter(({ name, heading }) => name !== heading)).toEqual([]);
  });

  it('is not in the package, whose declarations have the same text', () => {
    expect(packageJson.files).toContain('!docs/api');
  });
});

/** The names of headings, and of type parameters in tables, by their anchors. */
function namesByAnchor(page: string): Map<string, string> {
  const found = page.matchAll(/<a id="([\w-]+)"><\/a>(?:\n\n#+ (?:abstract )?| `)(\w+)/g);
  return new Map([...found].map(([, anchor = '', name = '']) => [anchor, name]));
}

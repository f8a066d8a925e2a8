/**
 * Writes docs/api-report.md: the declarations that each entry of the package loads, so that a change of the public surface
 * shows up in a review. Run it after a build:
 *
 *   npm run build && npm run api-report
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../', import.meta.url));

/** The report, below the top of the repository. */
export const REPORT = 'docs/api-report.md';

const HEAD = [
  '# API report',
  '',
  'The declarations behind the entries of the package, as `tsc` emits them. Written by `npm run api-report` after a build; a',
  'test compares it with the build. Only the names that an entry exports are public.',
  '',
].join('\n');

/** The declaration file of each entry of `exports`, by the name that apps import. */
export function entryDeclarations() {
  const { name, exports } = JSON.parse(readFileSync(`${repository}package.json`, 'utf8'));
  return Object.entries(exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([path, target]) => ({
      specifier: posix.join(name, path),
      file: target.types.replace('./dist/', ''),
    }));
}

/** The text of a declaration file below dist/. */
export function declarationsIn(file) {
  return readFileSync(`${repository}dist/${file}`, 'utf8').trim();
}

/** The declaration files that a file imports, as paths below dist/. */
function importsOf(file) {
  const specifiers = declarationsIn(file).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]+)['"]/g);
  return [...specifiers].map(([, specifier = '']) =>
    posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.d.ts'),
  );
}

/** A declaration file and all that it loads of this package, in alphabetical order. */
export function filesLoadedBy(entry) {
  const loaded = new Set();
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (loaded.has(file)) continue;
    loaded.add(file);
    open.push(...importsOf(file));
  }
  return [...loaded].sort();
}

/** The whole report. */
export function apiReport() {
  const entries = entryDeclarations().map((entry) => ({ ...entry, loads: filesLoadedBy(entry.file) }));
  const lists = entries.map(
    ({ specifier, loads }) =>
      `## ${specifier}\n\nLoads ${loads.length}: ${loads.map((file) => `\`${file}\``).join(', ')}\n`,
  );
  const files = [...new Set(entries.flatMap(({ file, loads }) => [file, ...loads]))];
  const texts = files.map((file) => `### ${file}\n\n\`\`\`typescript\n${declarationsIn(file)}\n\`\`\`\n`);
  return [HEAD, ...lists, '## Declarations\n', ...texts].join('\n');
}

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(repository + REPORT, apiReport());

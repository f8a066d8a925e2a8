/** Reads the library's sources as a graph of imports, for the checks of its structure. */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the repository, with a slash at the end. */
export const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url));

/** Source text by its path below `src/`, like `usage/usage.ts`. */
export type Sources = ReadonlyMap<string, string>;

export interface ImportStatement {
  /** The module as written. */
  specifier: string;
  /** Passes names of another module on: `export … from`. */
  isReExport: boolean;
  /** `export * from` or `export * as x from`. */
  isStar: boolean;
}

// An import or export begins a line (the formatter sees to that), and a clause holds no quote and no semicolon.
const STATEMENT = /^(import|export)\s+(?:([^'";]*?)\s*\bfrom\s*)?['"]([^'"]+)['"]/gm;
const INLINE = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Every module that a source names: static and dynamic imports, re-exports, types included. */
export function importsOf(source: string): ImportStatement[] {
  const found: ImportStatement[] = [];
  for (const [, keyword, clause = '', specifier = ''] of source.matchAll(STATEMENT)) {
    const isReExport = keyword === 'export';
    found.push({
      specifier,
      isReExport,
      isStar: isReExport && clause.replace(/^type\s+/, '').startsWith('*'),
    });
  }
  for (const [, specifier = ''] of source.matchAll(INLINE)) {
    found.push({ specifier, isReExport: false, isStar: false });
  }
  return found;
}

/** The sources that a source imports, as paths below `src/`. */
export function localImportsOf(path: string, source: string): string[] {
  return importsOf(source)
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier }) => posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts'));
}

/** A source and everything it reaches through imports. */
export function reachableFrom(entry: string, sources: Sources): Set<string> {
  const reached = new Set<string>();
  const open = [entry];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    open.push(...localImportsOf(path, sources.get(path) ?? ''));
  }
  return reached;
}

export function readSources(): Sources {
  const folder = `${repositoryRoot}src/`;
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .sort();
  return new Map(paths.map((path) => [path, readFileSync(folder + path, 'utf8')]));
}

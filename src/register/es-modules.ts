/** Finds the app's ES modules as `import` in the app's own files does. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isRecord } from '../validate.js';
import type { PackageFinder } from './packages.js';

/** The conditions that `import` in Node.js uses for `exports` in package.json. */
const CONDITIONS: ReadonlySet<string> = new Set(['node', 'import', 'module-sync', 'default']);

/** Extensions that Node.js and TypeScript loaders treat as CommonJS, whatever package.json says. */
const COMMON_JS_EXTENSIONS: ReadonlySet<string> = new Set(['.cjs', '.cts']);
const ES_MODULE_EXTENSIONS: ReadonlySet<string> = new Set(['.mjs', '.mts']);

/**
 * False if the app's main file is certainly CommonJS, so that nothing has to be loaded for `import` in advance.
 * Without a `type` in package.json, a file may be either: Node.js then checks its syntax.
 */
export function mayImport(mainFile: string | undefined): boolean {
  if (mainFile === undefined) return true;
  const extension = extname(mainFile);
  if (ES_MODULE_EXTENSIONS.has(extension)) return true;
  return !COMMON_JS_EXTENSIONS.has(extension) && packageTypeOf(mainFile) !== 'commonjs';
}

/** The `type` in the nearest package.json. */
function packageTypeOf(file: string): unknown {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest)) {
      const content: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
      return isRecord(content) ? content.type : undefined;
    }
    if (folder === dirname(folder)) return undefined;
  }
}

/**
 * Imports a module of a package that the app has installed, as the same instance that `import` in the app gets.
 * Undefined when the package has no such module. Rejects when the module cannot be loaded.
 */
export async function importForApp(packages: PackageFinder, module: string): Promise<unknown> {
  const [name = '', subpath] = splitName(module);
  const found = packages.manifestAndFolder(name);
  if (found === undefined) return undefined;
  const { exports, main } = found.manifest;
  const path = exports === undefined ? (main ?? 'index.js') : targetOf(exports, subpath);
  return path === undefined ? undefined : import(pathToFileURL(join(found.folder, path)).href);
}

/** Splits `@langchain/core/callbacks/manager` into `@langchain/core` and `./callbacks/manager`. */
function splitName(module: string): [name: string, subpath: string] {
  const parts = module.split('/');
  const name = parts.splice(0, module.startsWith('@') ? 2 : 1).join('/');
  return [name, ['.', ...parts].join('/')];
}

/** The file that `exports` defines for a subpath. */
function targetOf(exports: unknown, subpath: string): string | undefined {
  const hasSubpaths = isRecord(exports) && Object.keys(exports).some((key) => key.startsWith('.'));
  if (hasSubpaths) return fileIn(exports[subpath]);
  return subpath === '.' ? fileIn(exports) : undefined;
}

/** The first file whose conditions match. */
function fileIn(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (Array.isArray(target)) return fileIn(target[0]);
  if (!isRecord(target)) return undefined;
  for (const [condition, inner] of Object.entries(target)) {
    const file = CONDITIONS.has(condition) ? fileIn(inner) : undefined;
    if (file !== undefined) return file;
  }
  return undefined;
}

import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

/** Finds optional packages from the app's location, then from this package's. */
export interface PackageFinder {
  /** The file that a package's name resolves to. Undefined when it is not installed. */
  find(name: string): string | undefined;
  /** True when the package is installed, even if `require` cannot load it. */
  isInstalled(name: string): boolean;
  /** Its package.json. Undefined when unreadable. */
  manifest(name: string): Manifest | undefined;
  /** Its package.json and its folder. */
  manifestAndFolder(name: string): { manifest: Manifest; folder: string } | undefined;
}

export interface Manifest {
  version?: string;
  main?: string;
  exports?: unknown;
  dependencies?: Readonly<Record<string, string>>;
}

/** The app's main file. `node .` and `node src/app` give only a part of its path. */
export function mainFileOf(argument: string | undefined, cwd: string): string | undefined {
  if (argument === undefined) return undefined;
  const path = resolve(cwd, argument);
  return resolvedFile(createRequire(join(cwd, 'package.json')), path) ?? path;
}

/**
 * @param mainFile the app's main file, if there is one
 * @param cwd the folder in which the process was started
 */
export function packageFinder(mainFile: string | undefined, cwd: string): PackageFinder {
  const bases = [join(cwd, 'package.json'), import.meta.url];
  if (mainFile !== undefined) bases.unshift(resolve(cwd, mainFile));
  const requires = bases.map((base) => createRequire(base));
  const manifestAndFolder = (name: string) => firstOf(requires, (from) => readManifest(from, name));
  return {
    find: (name) => firstOf(requires, (from) => resolvedFile(from, name)),
    isInstalled: (name) => requires.some((from) => isThere(from, name)),
    manifest: (name) => manifestAndFolder(name)?.manifest,
    manifestAndFolder,
  };
}

/** Loads the file that {@link PackageFinder.find} returned, as the same instance that the app gets. */
export function loadPackage<T>(file: string): T {
  return createRequire(file)(file);
}

/** Resolves a package from another package's file. */
export function findFrom(file: string, name: string): string | undefined {
  return resolvedFile(createRequire(file), name);
}

function firstOf<T, R>(items: T[], pick: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const picked = pick(item);
    if (picked !== undefined) return picked;
  }
  return undefined;
}

function resolvedFile(from: NodeJS.Require, name: string): string | undefined {
  try {
    return from.resolve(name);
  } catch {
    return undefined;
  }
}

/** Reads it by its path, because a package's `exports` may hide its package.json. */
function readManifest(
  from: NodeJS.Require,
  name: string,
): { manifest: Manifest; folder: string } | undefined {
  for (const modules of from.resolve.paths(name) ?? []) {
    try {
      const folder = join(modules, name);
      return { manifest: loadPackage<Manifest>(join(folder, 'package.json')), folder };
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

function isThere(from: NodeJS.Require, name: string): boolean {
  try {
    from.resolve(name);
    return true;
  } catch (error) {
    // A package with only an `import` entry cannot be resolved this way, but it is installed.
    return error instanceof Error && 'code' in error && error.code !== 'MODULE_NOT_FOUND';
  }
}

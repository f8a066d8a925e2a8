import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

/** Finds optional packages where the app would, then where this package would. */
export interface PackageFinder {
  /** The file a package's name leads to; undefined when it is not installed. */
  find(name: string): string | undefined;
  /** True when the package is there, whether or not it can be loaded with `require`. */
  isInstalled(name: string): boolean;
  /** What its package.json says; undefined where it cannot be read. */
  manifest(name: string): Manifest | undefined;
  /** The same with the package's folder. */
  manifestAndFolder(name: string): { manifest: Manifest; folder: string } | undefined;
}

export interface Manifest {
  version?: string;
  main?: string;
  exports?: unknown;
  dependencies?: Readonly<Record<string, string>>;
}

/** The file that the app begins with: `node .` and `node src/app` name it in part. */
export function mainFileOf(argument: string | undefined, cwd: string): string | undefined {
  if (argument === undefined) return undefined;
  const path = resolve(cwd, argument);
  return resolvedFile(createRequire(join(cwd, 'package.json')), path) ?? path;
}

/**
 * @param mainFile the app's first file, if there is one
 * @param cwd the folder the process was started in
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

/** Loads the file that {@link PackageFinder.find} found: the same instance that the app gets. */
export function loadPackage<T>(file: string): T {
  return createRequire(file)(file);
}

/** The file of a package as another package sees it, from that package's own file. */
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

/** By its place: a package need not let others resolve its package.json. */
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
    // A package with an entry for `import` only cannot be resolved this way; it is there all the same.
    return error instanceof Error && 'code' in error && error.code !== 'MODULE_NOT_FOUND';
  }
}

import { createRequire, register } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findFrom, loadPackage, type PackageFinder } from './packages.js';

/** The part of `import-in-the-middle` that tells its loader which modules to show. Missing in old versions. */
interface ImportInTheMiddle {
  createAddHookMessageChannel?(): {
    registerOptions: Parameters<typeof register>[1];
    waitForAllMessagesAcknowledged(): Promise<void>;
  };
}

/** The package that has such a loader since 1.8. */
export const IMPORT_LOADER_PACKAGE = 'import-in-the-middle';

/** Bun and Deno have `register` and do nothing in it: who waits for a loader there waits for ever. */
export const HAS_LOADERS = process.versions.bun === undefined && process.versions.deno === undefined;

/** The one loader of this process. */
export interface ImportLoader {
  /** To await before the app's first `import`: until then the loader does not know all modules. */
  ready(): Promise<void>;
}

/**
 * Makes modules that are loaded with `import` visible to instrumentations, to be called before they are loaded.
 * Only modules that are instrumented go through the loader.
 *
 * Each instrumentation may bring its own copy of `import-in-the-middle`, and two of its loaders take each other's
 * modules. So there is one, the newest, the app's own copy included, and every other copy is replaced by it in Node's
 * module cache.
 *
 * @returns undefined when no copy has a loader for single modules, and where the runtime has no loaders
 */
export function openImportLoader(
  packages: PackageFinder,
  instrumentationFiles: readonly string[],
): ImportLoader | undefined {
  if (instrumentationFiles.length === 0 || !HAS_LOADERS) return undefined;
  const copies = new Set(instrumentationFiles.flatMap((file) => copyUsedBy(file) ?? []));
  const base = packages.find('@opentelemetry/instrumentation');
  const ofApp = packages.find(IMPORT_LOADER_PACKAGE) ?? (base && findFrom(base, IMPORT_LOADER_PACKAGE));
  if (ofApp !== undefined) copies.add(ofApp);
  const newest = [...copies].sort(byVersion).at(-1);
  const channel =
    newest === undefined ? undefined : loadPackage<ImportInTheMiddle>(newest).createAddHookMessageChannel?.();
  if (newest === undefined || channel === undefined) return undefined;

  const { cache } = createRequire(newest);
  for (const copy of copies) cache[copy] = cache[newest];
  register(pathToFileURL(join(dirname(newest), 'hook.mjs')).href, channel.registerOptions);
  return { ready: () => channel.waitForAllMessagesAcknowledged() };
}

function copyUsedBy(instrumentationFile: string): string | undefined {
  const base = findFrom(instrumentationFile, '@opentelemetry/instrumentation');
  return base === undefined ? undefined : findFrom(base, IMPORT_LOADER_PACKAGE);
}

function byVersion(copy: string, other: string): number {
  return versionOf(copy).localeCompare(versionOf(other), 'en', { numeric: true });
}

function versionOf(copy: string): string {
  return loadPackage<{ version: string }>(join(dirname(copy), 'package.json')).version;
}

import { createRequire, register } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findFrom, loadPackage, type PackageFinder } from './packages.js';

/** The part of `import-in-the-middle` that informs its loader which modules to expose. Missing in old versions. */
interface ImportInTheMiddle {
  createAddHookMessageChannel?(): {
    registerOptions: Parameters<typeof register>[1];
    waitForAllMessagesAcknowledged(): Promise<void>;
  };
}

/** The package that has such a loader, since 1.8. */
export const IMPORT_LOADER_PACKAGE = 'import-in-the-middle';

/** In Bun and Deno, `register` exists but does nothing, so waiting for a loader would never end. */
export const HAS_LOADERS = process.versions.bun === undefined && process.versions.deno === undefined;

/** The one loader of this process. */
export interface ImportLoader {
  /** Await it before the app's first `import`: until then the loader does not know all modules. */
  ready(): Promise<void>;
}

/**
 * Exposes modules that are loaded with `import` to instrumentations. Call it before they are loaded. Only
 * instrumented modules go through the loader.
 *
 * Each instrumentation may bring its own copy of `import-in-the-middle`, and the loaders of two copies interfere
 * with each other. So only the newest copy is used, the app's own included, and it replaces all others in Node's
 * module cache.
 *
 * @returns undefined when no copy has a loader for single modules, or the runtime has no loaders
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

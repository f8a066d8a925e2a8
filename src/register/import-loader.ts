import { createRequire, register } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findFrom, loadPackage } from './packages.js';

/** The part of `import-in-the-middle` that tells its loader which modules to show. Missing in old versions. */
interface ImportInTheMiddle {
  createAddHookMessageChannel?(): {
    registerOptions: Parameters<typeof register>[1];
    waitForAllMessagesAcknowledged(): Promise<void>;
  };
}

/**
 * Makes modules that are loaded with `import` visible to instrumentations, to be called before they are loaded.
 * Only modules that are instrumented go through the loader.
 *
 * Each instrumentation may bring its own copy of `import-in-the-middle`, and two of its loaders take each other's
 * modules. So there is one, the newest, and every other copy is replaced by it in Node's module cache.
 *
 * @returns what to await before the app's first `import`: until then the loader does not know all modules
 */
export function openImportLoader(instrumentationFiles: string[]): () => Promise<void> {
  const copies = new Set(instrumentationFiles.flatMap((file) => copyUsedBy(file) ?? []));
  const newest = [...copies].sort(byVersion).at(-1);
  const channel =
    newest === undefined ? undefined : loadPackage<ImportInTheMiddle>(newest).createAddHookMessageChannel?.();
  if (newest === undefined || channel === undefined) return () => Promise.resolve();

  const { cache } = createRequire(newest);
  for (const copy of copies) cache[copy] = cache[newest];
  register(pathToFileURL(join(dirname(newest), 'hook.mjs')).href, channel.registerOptions);
  return () => channel.waitForAllMessagesAcknowledged();
}

function copyUsedBy(instrumentationFile: string): string | undefined {
  const base = findFrom(instrumentationFile, '@opentelemetry/instrumentation');
  return base === undefined ? undefined : findFrom(base, 'import-in-the-middle');
}

function byVersion(copy: string, other: string): number {
  return versionOf(copy).localeCompare(versionOf(other), 'en', { numeric: true });
}

function versionOf(copy: string): string {
  return loadPackage<{ version: string }>(join(dirname(copy), 'package.json')).version;
}

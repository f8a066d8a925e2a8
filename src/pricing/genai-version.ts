/** The version of the price list that is in force, the installed one or a refreshed one, for `cost.source`. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isRecord } from '../validate.js';

const PACKAGE = '@pydantic/genai-prices';
const UNKNOWN = 'unknown';

let version: string | undefined;
let refreshed: string | undefined;

/**
 * The version of the installed package, looked up on the first call. `unknown` when the package cannot be found, as
 * in a bundle.
 */
export function genaiPricesVersion(): string {
  if (refreshed !== undefined) return refreshed;
  version ??= findVersion();
  return version;
}

/** Sets the version of data that was loaded in place of the package's own. */
export function setRefreshedVersion(loaded: string): void {
  refreshed = loaded;
}

function findVersion(): string {
  try {
    // The package does not export its package.json, so the search goes upwards from its entry file.
    const entry = createRequire(import.meta.url).resolve(PACKAGE);
    for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
      const version = versionIn(join(folder, 'package.json'));
      if (version !== undefined) return version;
    }
  } catch {
    // In a bundle or a sandbox the file is missing. The rate is just as good, but its source is less exact.
  }
  return UNKNOWN;
}

function versionIn(file: string): string | undefined {
  try {
    const described: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isRecord(described) || described.name !== PACKAGE) return undefined;
    return typeof described.version === 'string' ? described.version : undefined;
  } catch {
    return undefined;
  }
}

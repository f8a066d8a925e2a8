/** The version of the installed price list, for `cost.source`. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isRecord } from '../validate.js';

const PACKAGE = '@pydantic/genai-prices';
const UNKNOWN = 'unknown';

let version: string | undefined;

/** From the installed package; `unknown` where it cannot be found, as in a bundle. Looked up at the first call. */
export function genaiPricesVersion(): string {
  version ??= findVersion();
  return version;
}

function findVersion(): string {
  try {
    // The package does not export its package.json, so it is looked for upward of the entry.
    const entry = createRequire(import.meta.url).resolve(PACKAGE);
    for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
      const version = versionIn(join(folder, 'package.json'));
      if (version !== undefined) return version;
    }
  } catch {
    // A bundle or a sandbox without the file: the rate is as good, only its source is less exact.
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

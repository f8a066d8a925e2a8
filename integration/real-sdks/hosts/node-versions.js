import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The Node of a major version: from `NODE<major>`, from `NODE_VERSIONS` or .ci/node-versions, else the one in use. */
export function nodeFor(major) {
  const folders = [
    process.env.NODE_VERSIONS,
    fileURLToPath(new URL('../../../.ci/node-versions', import.meta.url)),
  ];
  const candidates = [
    process.env[`NODE${major}`],
    ...folders.flatMap((path) => (path ? [join(path, `node_modules/node${major}/bin/node`)] : [])),
  ];
  return candidates.find((path) => path !== undefined && existsSync(path)) ?? process.execPath;
}

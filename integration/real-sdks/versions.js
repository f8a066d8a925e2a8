/** The versions that are installed, by the name a package is installed under. */
import { readFileSync } from 'node:fs';
import { CLIENTS, INSTRUMENTATIONS } from './matrix.js';

export function versions() {
  const names = [...Object.values(CLIENTS), ...Object.values(INSTRUMENTATIONS)].flatMap(
    (entry) => nameOf(entry) ?? [],
  );
  return Object.fromEntries([...new Set(names)].sort().map((name) => [name, versionOf(name)]));
}

/** The name that a client or instrumentation is installed under. */
export function nameOf(entry) {
  return entry.installed ?? entry.package;
}

function versionOf(name) {
  const file = new URL(`node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}

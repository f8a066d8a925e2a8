import { readFileSync } from 'node:fs';
import { repositoryRoot } from './sources.js';

export interface PackageJson {
  version: string;
  engines: Record<string, string>;
  exports: Record<string, string | { types: string; default: string }>;
  files: string[];
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

export const packageJson: PackageJson = JSON.parse(readFileSync(`${repositoryRoot}package.json`, 'utf8'));

/** The sources of the entry points that `package.json` exports, below `src/`. */
export const entrySources = Object.values(packageJson.exports)
  .filter((target) => typeof target === 'object')
  .map((target) => target.default.replace('./dist/', '').replace(/\.js$/, '.ts'));

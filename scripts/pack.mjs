/**
 * Packs what is published: the built package with a manifest without `scripts` and `devDependencies`, which would only
 * make npm warn those who install it, without the options of our own tools, and without the declarations of internals,
 * which no entry loads.
 *
 *   node scripts/pack.mjs <folder> [cli | redis]    prints the tarball's path; with a name, of the package in that folder
 */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entryDeclarations, filesLoadedBy } from './api-report.mjs';

const repository = fileURLToPath(new URL('../', import.meta.url));
const destination = resolve(process.argv[2] ?? '.');
const inside = process.argv[3] ?? '';
const work = mkdtempSync(join(tmpdir(), 'otel-agent-cost-pack-'));

/** @param {string} folder the package @param {string} to */
function pack(folder, to) {
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', to];
  return join(to, execFileSync('npm', args, { cwd: folder, encoding: 'utf8' }).trim());
}

/** @param {string} dist */
function removeInternalDeclarations(dist) {
  const loaded = new Set(entryDeclarations().flatMap(({ file }) => filesLoadedBy(file)));
  const declarations = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.d.ts'));
  for (const file of declarations) if (!loaded.has(file)) rmSync(join(dist, file));
}

try {
  mkdirSync(destination, { recursive: true });
  execFileSync('tar', ['-xzf', pack(join(repository, inside), work), '-C', work]);
  if (inside === '') removeInternalDeclarations(join(work, 'package/dist'));
  else copyFileSync(join(repository, 'LICENSE'), join(work, 'package/LICENSE'));
  const manifestFile = join(work, 'package/package.json');
  const {
    scripts: _scripts,
    devDependencies: _tools,
    overrides: _toolVersions,
    knip: _knip,
    'size-limit': _sizeLimit,
    ...manifest
  } = JSON.parse(readFileSync(manifestFile, 'utf8'));
  writeFileSync(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
  console.log(pack(join(work, 'package'), destination));
} finally {
  rmSync(work, { recursive: true, force: true });
}

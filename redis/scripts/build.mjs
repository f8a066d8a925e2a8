/**
 * Builds the package into `dist`: one file without dependencies, and the declarations. The rules that all stores share are
 * taken from the sources of the package above, which has to be built: `npm ci` there.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('../', import.meta.url));
const above = fileURLToPath(new URL('../../', import.meta.url));

if (!existsSync(`${above}dist/shared.d.ts`)) {
  console.error('Build the package in the folder above first: npm ci');
  process.exit(1);
}
rmSync(`${folder}dist`, { recursive: true, force: true });
execFileSync(process.execPath, [`${folder}node_modules/typescript/bin/tsc`, '-p', 'tsconfig.build.json'], {
  cwd: folder,
  stdio: 'inherit',
});
// Those of internals, which the public ones do not load.
const PUBLIC = ['index.d.ts', 'client.d.ts'];
for (const file of readdirSync(`${folder}dist`)) if (!PUBLIC.includes(file)) rmSync(`${folder}dist/${file}`);
await build({
  absWorkingDir: folder,
  entryPoints: ['src/index.ts'],
  outdir: 'dist',
  alias: { 'otel-agent-cost/src': `${above}src` },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  // Names of errors.
  keepNames: true,
});

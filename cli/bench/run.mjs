/** Runs a bench of this folder, which is TypeScript: `node bench/run.mjs store --spans 1000000`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('./', import.meta.url));
const [name = 'store'] = process.argv.splice(2, 1);
const out = mkdtempSync(`${folder}out-`);
process.on('exit', () => rmSync(out, { recursive: true, force: true }));
await build({
  entryPoints: [`${folder}${name}.ts`],
  outfile: `${out}/${name}.mjs`,
  bundle: true,
  format: 'esm',
  platform: 'node',
  packages: 'external',
  alias: { 'otel-agent-cost/offline': fileURLToPath(new URL('../../dist/offline.js', import.meta.url)) },
  logLevel: 'warning',
});
await import(pathToFileURL(`${out}/${name}.mjs`).href);

/**
 * Builds the package into `dist`: the commands with their libraries in a few files, the page, and the agents of the demo.
 * Needs the built package beside it: `npm run build` in the folder above.
 */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { build as buildPage } from 'vite';

const folder = fileURLToPath(new URL('../', import.meta.url));
rmSync(`${folder}dist`, { recursive: true, force: true });
await build({
  absWorkingDir: folder,
  entryPoints: { main: 'src/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  chunkNames: 'shared-[hash]',
  external: ['@duckdb/node-api', '@pydantic/genai-prices'],
  alias: { 'otel-agent-cost/offline': fileURLToPath(new URL('../../dist/offline.js', import.meta.url)) },
  logLevel: 'warning',
});
await buildPage({ configFile: `${folder}page/vite.config.ts` });

/**
 * Builds the package into `dist`: the commands with their libraries in a few files, the page, and the agents of the demo.
 * Needs the built package in the folder above: `npm ci` there.
 */
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { build as buildPage } from 'vite';

const folder = fileURLToPath(new URL('../', import.meta.url));
const above = fileURLToPath(new URL('../../', import.meta.url));

/** @type {import('esbuild').BuildOptions} */
const PROGRAM = {
  absWorkingDir: folder,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  // The ES modules of OpenTelemetry: a dynamic import of its CommonJS has no named exports in a bundle.
  mainFields: ['module', 'main'],
  target: 'node20.19',
  chunkNames: 'shared-[hash]',
  minifySyntax: true,
  // DuckDB is native, and prices are renewed by updating their package.
  external: ['@duckdb/node-api', '@pydantic/genai-prices'],
  alias: {
    'otel-agent-cost/offline': `${above}dist/offline.js`,
    'otel-agent-cost/optimize': `${above}dist/optimize.js`,
    'otel-agent-cost': `${above}dist/index.js`,
  },
  logLevel: 'warning',
  // Libraries in CommonJS ask for Node's own modules with `require`.
  banner: {
    js: "import { createRequire as createRequireHere } from 'node:module'; const require = createRequireHere(import.meta.url);",
  },
};

if (!existsSync(`${above}dist/index.js`)) {
  console.error('Build the package in the folder above first: npm ci');
  process.exit(1);
}
rmSync(`${folder}dist`, { recursive: true, force: true });
await build({ ...PROGRAM, entryPoints: { main: 'src/main.ts' }, outdir: 'dist' });
await build({
  ...PROGRAM,
  entryPoints: {
    agents: `${above}examples/demo/agents.js`,
    // A program of its own, which runs when it is the main module: in one file with the agents it would run with them.
    loop: `${above}examples/agent-loop.js`,
  },
  outdir: 'dist/demo',
});
for (const scenario of [
  'demo/research.json',
  'recorded/tau2-airline.json',
  'recorded/pi-coding-session.json',
]) {
  copyFileSync(`${above}examples/${scenario}`, `${folder}dist/demo/${scenario.split('/').at(-1)}`);
}
await buildPage({ configFile: `${folder}page/vite.config.ts` });

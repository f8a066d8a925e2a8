/** How the programs of this package are bundled: libraries in, but for those that are installed beside it. */
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../', import.meta.url));
const above = fileURLToPath(new URL('../../', import.meta.url));

/** @type {import('esbuild').BuildOptions} */
export const PROGRAM = {
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

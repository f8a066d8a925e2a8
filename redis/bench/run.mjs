/**
 * Measures the store: `npm run bench`. BENCH_CALLS and BENCH_ROWS set its length.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('../', import.meta.url));
// Inside the package, so that it finds the clients.
const work = mkdtempSync(join(folder, 'node_modules/.bench-'));
const outfile = join(work, 'main.mjs');
try {
  await build({
    absWorkingDir: folder,
    entryPoints: ['bench/main.ts'],
    outfile,
    alias: {
      'otel-agent-cost/src': fileURLToPath(new URL('../../src', import.meta.url)),
      'otel-agent-cost/shared': fileURLToPath(new URL('../../dist/shared.js', import.meta.url)),
      'otel-agent-cost': fileURLToPath(new URL('../../dist/index.js', import.meta.url)),
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['redis6', 'ioredis6'],
  });
  await import(outfile);
} finally {
  rmSync(work, { recursive: true, force: true });
}

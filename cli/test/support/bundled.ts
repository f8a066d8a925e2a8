import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles a program of this folder into `folder`, so that a process of its own can run it. Returns its path. */
export async function bundled(folder: string, name: string): Promise<string> {
  const outfile = join(folder, name.replace('.ts', '.mjs'));
  await build({
    entryPoints: [fileURLToPath(new URL(name, import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
    alias: {
      'otel-agent-cost/offline': fileURLToPath(new URL('../../../dist/offline.js', import.meta.url)),
    },
    plugins: [
      {
        name: 'duckdb',
        setup({ onResolve }) {
          onResolve({ filter: /^@duckdb\/node-api$/ }, ({ path }) => ({
            path: import.meta.resolve(path),
            external: true,
          }));
        },
      },
    ],
  });
  return outfile;
}

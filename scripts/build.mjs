/**
 * Builds the package: the declarations of every source, and one file per entry with the shared code in chunks,
 * because Node.js takes longer to open a hundred small files than to run them.
 *
 *   node scripts/build.mjs [folder]    default: dist
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { LIBRARY_BUILD } from './build-options.mjs';

const repository = fileURLToPath(new URL('../', import.meta.url));
const outdir = resolve(repository, process.argv[2] ?? 'dist');

rmSync(outdir, { recursive: true, force: true });
const compiler = fileURLToPath(new URL('node_modules/typescript/bin/tsc', new URL('../', import.meta.url)));
execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', outdir], {
  cwd: repository,
  stdio: 'inherit',
});
await build({
  ...LIBRARY_BUILD,
  absWorkingDir: repository,
  entryPoints: {
    index: 'src/index.ts',
    register: 'src/register.ts',
    optimize: 'src/optimize.ts',
    compute: 'src/compute.ts',
    sampler: 'src/sampler.ts',
    offline: 'src/offline.ts',
    shared: 'src/shared.ts',
    // Started as a separate process by the code in register.js, which looks for it in its own folder.
    'exit-sender': 'src/register/exit-sender.ts',
  },
  outdir,
  splitting: true,
  entryNames: '[name]',
  chunkNames: 'shared-[hash]',
});

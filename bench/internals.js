/** Internal parts of the library for rows that measure them alone, built from the sources. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { LIBRARY_BUILD } from '../scripts/build-options.mjs';

/** @param {string[]} paths below src/ */
export async function loadInternals(...paths) {
  const sources = fileURLToPath(new URL('../src/', import.meta.url));
  const outfile = fileURLToPath(new URL('.build/internals.js', import.meta.url));
  const contents = paths.map((path) => `export * from './${path}';`).join('\n');
  await build({ ...LIBRARY_BUILD, stdin: { contents, resolveDir: sources }, outfile });
  return import(outfile);
}

/** How the sources become files that Node.js runs: for the package and for the benchmarks of its inner parts. */

/** @type {import('esbuild').BuildOptions} */
export const LIBRARY_BUILD = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  // The oldest that `engines` allows.
  target: 'node20.19',
  packages: 'external',
  logLevel: 'warning',
};

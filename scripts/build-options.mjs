/** The build options, for the package and for the benchmarks of its internal parts. */

/** @type {import('esbuild').BuildOptions} */
export const LIBRARY_BUILD = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  // The oldest version that `engines` allows.
  target: 'node20.19',
  packages: 'external',
  logLevel: 'warning',
};

/** One file each; what it bundles is nowhere else. */
export const RUNS = [
  { title: 'esbuild, ES module', env: { BUNDLER: 'esbuild', FORMAT: 'esm' } },
  { title: 'esbuild, CommonJS', env: { BUNDLER: 'esbuild', FORMAT: 'cjs' } },
  { title: 'esbuild, minified', env: { BUNDLER: 'esbuild', FORMAT: 'esm', MINIFY: 'yes' } },
  { title: 'webpack, ES module', env: { BUNDLER: 'webpack', FORMAT: 'esm' } },
  { title: 'webpack, CommonJS', env: { BUNDLER: 'webpack', FORMAT: 'cjs' } },
  { title: 'webpack, minified', env: { BUNDLER: 'webpack', FORMAT: 'esm', MINIFY: 'yes' } },
];

/** A file for Node without anything outside of it. */
import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';

const require = createRequire(import.meta.url);

/** The SDK of OpenTelemetry is CommonJS: in an ES module it needs a `require`. */
const REQUIRE = [
  "import { createRequire as requireFrom } from 'node:module';",
  'const require = requireFrom(import.meta.url);',
].join('\n');

export function bundle(bundler, options) {
  return bundler === 'esbuild' ? byEsbuild(options) : byWebpack(options);
}

function byEsbuild({ entry, file, format, minify }) {
  const { build } = require('esbuild');
  return build({
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format,
    minify,
    logLevel: 'error',
    banner: format === 'esm' ? { js: REQUIRE } : {},
  });
}

function byWebpack({ entry, file, format, minify }) {
  const webpack = require('webpack');
  const isModule = format === 'esm';
  const config = {
    mode: 'production',
    target: 'node20',
    entry,
    output: {
      path: dirname(file),
      filename: basename(file),
      module: isModule,
      ...(!isModule && { library: { type: 'commonjs2' } }),
    },
    experiments: { outputModule: isModule },
    optimization: { minimize: minify },
  };
  return new Promise((resolve, reject) => {
    webpack(config, (error, stats) => {
      if (error ?? stats.hasErrors()) reject(error ?? new Error(stats.toString('errors-only')));
      else resolve();
    });
  });
}

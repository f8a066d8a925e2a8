/** Bundles main.js, and runs the one file in a folder without packages. */
import { fork } from 'node:child_process';
import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.js';

const { BUNDLER, FORMAT, MINIFY } = process.env;
const folder = mkdtempSync(join(realpathSync(tmpdir()), 'bundle-'));
writeFileSync(
  join(folder, 'package.json'),
  JSON.stringify({ type: FORMAT === 'esm' ? 'module' : 'commonjs' }),
);
const file = join(folder, 'app.js');
const entry = fileURLToPath(new URL('main.js', import.meta.url));
await bundle(BUNDLER, { entry, file, format: FORMAT, minify: MINIFY === 'yes' });

const app = fork(file, [], { cwd: folder });
app.on('message', ({ tasks, sources }) => {
  process.send({ tasks, checks: { 'cost.source names the list': namesList(sources) } }, () =>
    process.exit(0),
  );
});
app.on('exit', (code) => {
  if (code !== 0) process.exit(1);
});

/** The list is in the one file, and the file that says its version is not. */
function namesList(sources) {
  const isNamed = (source) => /^genai-prices\/[^@]+@(unknown|\d.*)$/.test(source);
  return (sources.length > 0 && sources.every(isNamed)) || sources;
}

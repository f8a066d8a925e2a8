/**
 * Prints the attribute names of the GenAI semantic conventions, one a line: what `test/fixtures/genai-attributes.txt` has.
 *
 *   git clone --branch v0.1.0 https://github.com/open-telemetry/semantic-conventions-genai <folder>
 *   node scripts/upstream-attributes.mjs <folder> > test/fixtures/genai-attributes.txt
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const folder = process.argv[2];
if (folder === undefined) throw new Error('name the folder of the conventions');
const model = join(folder, 'model');
const read = (/** @type {string} */ path) => parse(readFileSync(join(model, path), 'utf8'));

const version = read('manifest.yaml').schema_url.split('/').at(-1);
const names = readdirSync(model, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.yaml') && path !== 'manifest.yaml')
  .flatMap((path) => read(path)?.attributes ?? [])
  .map(({ key }) => key)
  .filter((key) => key.startsWith('gen_ai.'))
  .sort();

console.log(`# GenAI semantic conventions ${version}`);
console.log(`# From model/ of open-telemetry/semantic-conventions-genai at v${version}`);
console.log(`# Read on ${new Date().toISOString().slice(0, 10)} by scripts/upstream-attributes.mjs`);
for (const name of new Set(names)) console.log(name);

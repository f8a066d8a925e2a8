/**
 * Runs every client and framework in every scenario and writes support.json and the tables of docs/instrumentations.md, with the date
 * and the versions that were run. Run by `npm run test:long -- real-sdks`.
 *
 * `REAL_SDKS_RUNS`: how often each row runs; one that comes out differently the next time is a failure.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packed } from './frameworks/stage.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const VERSIONS =
  process.env.NODE_VERSIONS ?? fileURLToPath(new URL('../../.ci/node-versions', import.meta.url));
const NODE_24 = `${VERSIONS}/node_modules/node24/bin/node`;

const env = { ...process.env, NODE_VERSIONS: VERSIONS, PATH: `${dirname(NODE_24)}:${process.env.PATH}` };
if (!existsSync(NODE_24)) run('npm', ['ci', '--prefix', VERSIONS]);
const tarball = packed(undefined);
run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
run('npm', [
  'install',
  '--no-save',
  '--no-package-lock',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
  tarball,
]);
run('node', ['support.js']);
const runs = Number(process.env.REAL_SDKS_RUNS ?? 1);
for (let round = 1; round <= runs; round += 1) {
  console.log(`\n=== Frameworks, run ${round} of ${runs}`);
  run('node', ['frameworks/run.js', ...(round === 1 ? ['--write'] : []), tarball]);
}
console.log('\n=== Hosts');
run('node', ['hosts/run.js', tarball]);

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', cwd: HERE, env });
  if (status !== 0) process.exit(status ?? 1);
}

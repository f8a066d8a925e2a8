/**
 * Checks, tests and packs the version in package.json:
 *
 *   npm run release                 a rehearsal: it publishes nothing, and prints the command that would
 *   npm run release -- --publish    publishes with provenance; only in the workflow that can sign it, release.yml
 *
 * RELEASING.md says what has to be set up before.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { argv, env, execPath, exit } from 'node:process';
import { fileURLToPath } from 'node:url';

/** The checks before the package is packed, and of the packed package. */
const CHECKS = [
  ['test'],
  ['run', 'typecheck'],
  ['run', 'lint'],
  ['run', 'check:unused'],
  ['run', 'check:size'],
  ['run', 'api-docs', '--', '--check'],
];
const PACKAGE_CHECKS = ['check:publint', 'check:attw'];

/**
 * Why the version must not be released, in words; nothing if it may be.
 *
 * @param {object} facts
 * @param {{ version: string, repository?: unknown }} facts.manifest package.json
 * @param {string} facts.changelog
 * @param {string} facts.status `git status --porcelain`
 * @param {boolean} facts.isTaggedElsewhere the version's tag is on another commit
 * @param {boolean} facts.publish
 * @param {boolean} facts.canSign the CI offers an identity to sign with
 * @returns {string[]}
 */
export function releaseFaults({ manifest, changelog, status, isTaggedElsewhere, publish, canSign }) {
  const { version, repository } = manifest;
  const [, newest, date] = /^## \[?([^\]\s]+)\]?(?: - (\d{4}-\d\d-\d\d))?\s*$/m.exec(changelog) ?? [];
  const faults = [];
  if (status !== '') faults.push(`the working tree is not clean:\n${status.trimEnd()}`);
  if (newest !== version)
    faults.push(`CHANGELOG.md begins with ${newest ?? 'nothing'}, package.json has ${version}`);
  else if (date === undefined)
    faults.push(`${version} has no date in CHANGELOG.md: "## ${version} - YYYY-MM-DD"`);
  if (isTaggedElsewhere) faults.push(`v${version} is the tag of another commit: it was released before`);
  if (publish && repository === undefined) {
    faults.push('package.json has no repository, which provenance is checked against');
  }
  if (publish && !canSign) faults.push('provenance is signed by the CI: run the workflow release.yml');
  return faults;
}

/** Versions like 1.0.0-rc.1 do not become the one that `npm install` takes. */
export function publishCommand(tarball, version) {
  const tag = version.includes('-') ? ['--tag', 'next'] : [];
  return ['publish', tarball, '--provenance', '--access', 'public', ...tag];
}

const run = (command, args) => execFileSync(command, args, { stdio: 'inherit' });
const output = (command, args) => execFileSync(command, args, { encoding: 'utf8' });

function isTaggedElsewhere(version) {
  const commits = output('git', [
    'for-each-ref',
    '--format=%(objectname) %(*objectname)',
    `refs/tags/v${version}`,
  ]);
  return commits !== '' && !commits.includes(output('git', ['rev-parse', 'HEAD']).trim());
}

function release(publish) {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
  const { version } = manifest;
  const faults = releaseFaults({
    manifest,
    changelog: readFileSync('CHANGELOG.md', 'utf8'),
    status: output('git', ['status', '--porcelain']),
    isTaggedElsewhere: isTaggedElsewhere(version),
    publish,
    canSign: env.ACTIONS_ID_TOKEN_REQUEST_URL !== undefined,
  });
  if (faults.length > 0) throw new Error(`${version} cannot be released:\n- ${faults.join('\n- ')}`);

  for (const check of CHECKS) run('npm', check);
  const folder = mkdtempSync(join(tmpdir(), 'otel-agent-cost-release-'));
  try {
    const tarball = output(execPath, ['scripts/pack.mjs', folder]).trim();
    for (const check of PACKAGE_CHECKS) run('npm', ['run', check, '--', tarball]);
    run(execPath, ['scripts/check-package.mjs', tarball]);
    if (publish) run('npm', publishCommand(tarball, version));
    else
      console.log(
        `Nothing was published. With --publish: npm ${publishCommand(basename(tarball), version).join(' ')}`,
      );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  try {
    release(argv.includes('--publish'));
  } catch (error) {
    // A command that failed has printed why.
    console.error(error.message);
    exit(1);
  }
}

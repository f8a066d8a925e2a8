/** scripts/release.mjs: when it refuses, what it runs, and that it publishes only when told to. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publishCommand, releaseFaults } from '../../scripts/release.mjs';
import { repositoryRoot } from './sources.js';

const READY = {
  manifest: { version: '1.2.0', repository: 'github:someone/something' },
  changelog: '# Changelog\n\n## 1.2.0 - 2026-12-01\n\n## 1.1.0 - 2026-11-01\n',
  status: '',
  isTaggedElsewhere: false,
  publish: true,
  canSign: true,
};

describe('a release', () => {
  it('may go out when everything is in place', () => {
    expect(releaseFaults(READY)).toEqual([]);
    expect(releaseFaults({ ...READY, changelog: '## [1.2.0] - 2026-12-01\n' })).toEqual([]);
  });

  it.each([
    ['changes that are not committed', { status: ' M src/index.ts\n' }, 'not clean:\n M src/index.ts'],
    ['a changelog of another version', { changelog: '## 1.1.0 - 2026-12-01\n' }, 'begins with 1.1.0'],
    [
      'unreleased lines',
      { changelog: '## [Unreleased]\n\n## 1.2.0 - 2026-12-01\n' },
      'begins with Unreleased',
    ],
    ['a changelog without a date', { changelog: '## 1.2.0\n' }, 'has no date'],
    ['no changelog', { changelog: '' }, 'begins with nothing'],
    ['a version that was released before', { isTaggedElsewhere: true }, 'tag of another commit'],
    ['no address', { manifest: { version: '1.2.0' } }, 'no repository'],
    ['no identity to sign with', { canSign: false }, 'release.yml'],
  ])('is refused with %s', (_, change, message) => {
    expect(releaseFaults({ ...READY, ...change })).toEqual([expect.stringContaining(message)]);
  });

  it('may be rehearsed without an address and without an identity', () => {
    expect(
      releaseFaults({ ...READY, manifest: { version: '1.2.0' }, publish: false, canSign: false }),
    ).toEqual([]);
  });

  it('of a version before the final one is not what `npm install` takes', () => {
    expect(publishCommand('a.tgz', '1.2.0').join(' ')).toBe('publish a.tgz --provenance --access public');
    expect(publishCommand('a.tgz', '1.2.0-rc.1').slice(-2)).toEqual(['--tag', 'next']);
  });
});

describe('npm run release', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'otel-agent-cost-release-test-'));
    write('.gitignore', 'bin\ncalls\n');
    write('package.json', JSON.stringify(READY.manifest));
    write('CHANGELOG.md', READY.changelog);
    write('scripts/pack.mjs', "console.log(process.argv[2] + '/packed.tgz');");
    write(
      'scripts/check-package.mjs',
      "import { appendFileSync } from 'node:fs';\nappendFileSync('calls', 'check-package ' + process.argv[2] + '\\n');",
    );
    // Stands in for npm: notes how it was called, and fails where the test wants it to.
    write('bin/npm', '#!/bin/sh\necho "npm $*" >> calls\ncase "$*" in *"$FAILS"*) exit 1 ;; esac\n');
    chmodSync(join(folder, 'bin/npm'), 0o755);
    git('init', '--quiet');
    git('add', '.');
    commit();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('tests and packs, and publishes nothing', () => {
    const { status, stdout } = release();
    expect(status).toBe(0);
    expect(stdout).toContain('Nothing was published. With --publish: npm publish packed.tgz --provenance');
    const known = Object.keys(JSON.parse(readFileSync(`${repositoryRoot}package.json`, 'utf8')).scripts);
    const scripts = calls().flatMap((call) => /^npm (?:run )?(\S+)/.exec(call)?.[1] ?? []);
    expect(scripts).toEqual(expect.arrayContaining(['test', 'typecheck', 'lint', 'check:publint']));
    expect(scripts.filter((name) => !known.includes(name))).toEqual([]);
    expect(calls().at(-1)).toMatch(/^check-package .*packed\.tgz$/);
  });

  it('publishes last, what it has tested, when told to', () => {
    const { status } = release(['--publish'], { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:9' });
    expect(status).toBe(0);
    const [checked, published] = calls().slice(-2);
    const tarball = checked?.replace('check-package ', '');
    expect(published).toBe(`npm publish ${tarball} --provenance --access public`);
  });

  it('publishes nothing when a check fails', () => {
    const { status } = release(['--publish'], {
      ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:9',
      FAILS: 'check:attw',
    });
    expect(status).toBe(1);
    expect(calls().at(-1)).toContain('check:attw');
  });

  it('runs nothing from a tree that is not clean, or for a version that another commit has', () => {
    write('src.ts', '');
    expect(release()).toMatchObject({ status: 1, stderr: expect.stringContaining('?? src.ts') });
    git('tag', 'v1.2.0');
    git('add', '.');
    commit();
    expect(release()).toMatchObject({ status: 1, stderr: expect.stringContaining('tag of another commit') });
    expect(calls()).toEqual([]);
    git('tag', '--force', '--annotate', '--message', 'x', 'v1.2.0');
    expect(release().status).toBe(0);
  });

  function write(path: string, text: string): void {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }

  function git(...args: string[]): void {
    const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false'];
    execFileSync('git', [...identity, ...args], { cwd: folder });
  }

  function commit(): void {
    git('commit', '--quiet', '--message', 'x');
  }

  function release(args: string[] = [], variables: Record<string, string> = {}) {
    const { ACTIONS_ID_TOKEN_REQUEST_URL: _, ...own } = process.env;
    const env = {
      ...own,
      FAILS: 'nothing',
      PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`,
      ...variables,
    };
    const script = `${repositoryRoot}scripts/release.mjs`;
    return spawnSync(process.execPath, [script, ...args], { cwd: folder, env, encoding: 'utf8' });
  }

  function calls(): string[] {
    const file = join(folder, 'calls');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }
});

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from './sources.js';

const SKIPPED_FOLDERS = ['.git', 'node_modules', 'dist', 'coverage'];

describe('the repository', () => {
  const files = listFiles('');

  it('has no registry host in a lock file, so that it installs from any registry', () => {
    const locks = files.filter((path) => path.endsWith('package-lock.json'));
    expect(locks.length).toBeGreaterThan(0);
    expect(locks.filter((path) => namesHost(read(path)))).toEqual([]);
  });

  it('names no path of the machine it was written on', () => {
    expect(files.filter((path) => namesMachinePath(read(path)))).toEqual([]);
  });
});

describe('the checks of the repository can fail', () => {
  it('on a host', () => {
    expect(namesHost('"resolved": "https://registry.example/a.tgz"')).toBe(true);
  });

  it('on a machine path', () => {
    expect(namesMachinePath(`see ${'/'}home/ada/project`)).toBe(true);
    expect(namesMachinePath(`import "..${'/'}work/one.js" from a homework folder`)).toBe(false);
  });
});

function listFiles(folder: string): string[] {
  return readdirSync(repositoryRoot + folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED_FOLDERS.includes(entry.name)) return [];
    const path = folder + entry.name;
    if (entry.isDirectory()) return listFiles(`${path}/`);
    return entry.isFile() ? [path] : [];
  });
}

function read(path: string): string {
  return readFileSync(repositoryRoot + path, 'utf8');
}

function namesHost(lock: string): boolean {
  return /"resolved": "https?:/.test(lock);
}

function namesMachinePath(text: string): boolean {
  return /(?<![\w.])\/(?:work|root|home\/\w+|Users\/\w+)\//.test(text);
}

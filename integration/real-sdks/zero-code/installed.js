/** The folder that run.sh installed the apps in, outside the repository, and what is found from there. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, resolve } from 'node:path';

export function installedFolder() {
  const folder = process.env.ZERO_CODE_FOLDER;
  if (folder === undefined)
    throw new Error('ZERO_CODE_FOLDER is not set: run `bash integration/real-sdks/run.sh`');
  return folder;
}

/** The folders that a file in this one gets packages from, nearest first. */
export function packageFolders(folder) {
  const { paths } = createRequire(join(installedFolder(), folder, 'main.mjs')).resolve;
  const folders = paths('openai').filter((modules) => existsSync(modules));
  return folders.map((modules) => relative(installedFolder(), modules));
}

export function versionOf(name, modules = 'node_modules') {
  const manifest = resolve(installedFolder(), modules, name, 'package.json');
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { PACKAGE_VERSION } from '../../src/version.js';
import { packageJson } from './package-json.js';
import { repositoryRoot } from './sources.js';

const require = createRequire(import.meta.url);
const ownName = 'otel-agent-cost';

describe('package.json', () => {
  it('exports files that the build makes', () => {
    const targets = Object.values(packageJson.exports).flatMap((target) =>
      typeof target === 'string' ? target : Object.values(target),
    );
    expect(targets.filter((target) => !existsSync(repositoryRoot + target))).toEqual([]);
  });

  it('exports the root and ./register', () => {
    expect(Object.keys(packageJson.exports)).toEqual(expect.arrayContaining(['.', './register']));
  });

  it('has the version that the sources and the other packages have', () => {
    const others = ['cli', 'redis'].map(
      (folder) => JSON.parse(readFileSync(`${repositoryRoot}${folder}/package.json`, 'utf8')).version,
    );
    expect([packageJson.version, ...others]).toEqual(Array(3).fill(PACKAGE_VERSION));
  });

  it('names the types first, so that every resolver finds them', () => {
    for (const target of Object.values(packageJson.exports)) {
      if (typeof target === 'object') expect(Object.keys(target)).toEqual(['types', 'default']);
    }
  });

  it('asks for a Node.js that can require() an ES module', () => {
    expect(packageJson.engines.node).toBe('>=20.19');
  });

  it('takes the API from the app: a second copy would make every span a silent no-op', () => {
    expect(packageJson.peerDependencies['@opentelemetry/api']).toBe('>=1.9.0 <2');
    expect(Object.keys(packageJson.dependencies)).toEqual(['@pydantic/genai-prices']);
  });

  it('needs no other peer', () => {
    const needed = Object.keys(packageJson.peerDependencies).filter(
      (name) => packageJson.peerDependenciesMeta?.[name]?.optional !== true,
    );
    expect(needed).toEqual(['@opentelemetry/api']);
  });
});

describe('the built package under its own name', () => {
  it('is one module for import and require()', () => {
    // In a process of its own: the test runner loads a second copy of what lies outside node_modules.
    const program = `import { createRequire } from 'node:module';
      import * as imported from '${ownName}';
      console.log(createRequire('${import.meta.url}')('${ownName}') === imported);`;
    const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: repositoryRoot,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(output).toBe('true\n');
  });

  it('has its package.json to read', () => {
    expect(require(`${ownName}/package.json`)).toMatchObject({ name: ownName });
  });
});

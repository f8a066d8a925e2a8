/**
 * Installs a packed tarball into an empty app and checks it from there: contents, size, import, require(), types, and the
 * zero-code entry with and without the SDK.
 *
 *   node scripts/check-package.mjs <tarball>
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const NAME = 'otel-agent-cost';
const ALLOWED =
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|collector-config\.yaml|dist\/.+(\.js|\.d\.ts)|docs\/\w[\w-]*\.md|deploy\/(collector-config\.(clickhouse|disk|gateway)\.yaml|alertmanager\.yml|jaeger-costs\.mjs|alerts\/[\w.-]+\.rules\.yaml|dashboards\/[\w-]+\.json)|examples\/[\w/-]+\.js(on)?|semconv\/(README\.md|[\w-]+\.yaml))$/;
const REQUIRED = [
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'collector-config.yaml',
  'deploy/collector-config.clickhouse.yaml',
  'deploy/collector-config.disk.yaml',
  'deploy/collector-config.gateway.yaml',
  'deploy/alertmanager.yml',
  'deploy/jaeger-costs.mjs',
  'docs/metrics.md',
  'examples/agent-loop.js',
  'deploy/alerts/agent-cost.targets.rules.yaml',
  'deploy/dashboards/agent-cost-live.json',
  'dist/index.js',
  'dist/register.js',
  'semconv/manifest.yaml',
];
/** A fifth above what it has: an accident, such as fixtures or a second copy of the code, is more. */
const MOST = { packedBytes: 640_000, unpackedBytes: 2_500_000, files: 235 };
const SDK = ['sdk-trace-node', 'exporter-trace-otlp-http', 'resources'].map(
  (name) => `@opentelemetry/${name}`,
);

const repository = fileURLToPath(new URL('..', import.meta.url));
const { devDependencies } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
const tarball = resolve(process.argv[2] ?? '');
const app = mkdtempSync(join(tmpdir(), `${NAME}-app-`));
const installed = join(app, 'node_modules', NAME);

const checks = {
  'installs with the API as its only peer': () => {
    write('package.json', '{ "private": true, "type": "module" }');
    install(tarball, '@opentelemetry/api');
  },
  'holds the files an app needs, and no other': () => {
    const files = packageFiles();
    assert.deepEqual(
      files.filter((file) => !ALLOWED.test(file)),
      [],
    );
    assert.deepEqual(
      REQUIRED.filter((file) => !files.includes(file)),
      [],
    );
  },
  'is small': () => {
    const files = packageFiles();
    const found = {
      packedBytes: statSync(tarball).size,
      unpackedBytes: files.reduce((sum, file) => sum + statSync(join(installed, file)).size, 0),
      files: files.length,
    };
    console.log(`  ${JSON.stringify(found)}`);
    for (const [what, most] of Object.entries(MOST)) assert.ok(found[what] <= most, `${what} above ${most}`);
  },
  // Code is not minified, so a stack trace names functions and lines that can be read; RELEASING.md has the reasons.
  'has no source maps, and refers to none': () => {
    const code = packageFiles().filter((file) => file.endsWith('.js'));
    const texts = code.map((file) => readFileSync(join(installed, file), 'utf8'));
    assert.deepEqual(
      code.filter((_, index) => texts[index].includes('sourceMappingURL')),
      [],
    );
    assert.match(texts[code.indexOf('dist/index.js')], /\n {2}/);
  },
  'has nothing that npm would want to run, nor do its dependencies': () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    const { packages } = JSON.parse(readFileSync(join(app, 'node_modules/.package-lock.json'), 'utf8'));
    assert.deepEqual(
      Object.keys(packages).filter((path) => packages[path].hasInstallScript),
      [],
    );
    assert.deepEqual([manifest.scripts, manifest.devDependencies], [undefined, undefined]);
    assert.deepEqual(Object.keys(manifest.peerDependencies), ['@opentelemetry/api', 'lru-cache']);
  },
  'can be imported': () => {
    write(
      'import.mjs',
      `import { CostSpanProcessor } from '${NAME}'; console.log(typeof CostSpanProcessor);`,
    );
    assert.equal(node('import.mjs'), 'function');
  },
  'can be required': () => {
    write('require.cjs', `console.log(typeof require('${NAME}').CostSpanProcessor);`);
    assert.equal(node('require.cjs'), 'function');
  },
  'has types that stand on their own, without those of Node.js': () => {
    write('app.ts', `import { CostSpanProcessor, withTask } from '${NAME}';\n${everyEntry()}${TYPED_APP}`);
    const options = '--module nodenext --target es2022 --lib es2023,dom --strict --noEmit --types'.split(' ');
    node(join(repository, 'node_modules/typescript/bin/tsc'), 'app.ts', ...options, '');
  },
  'runs an app with the zero-code entry and no SDK': () => {
    write('app.mjs', "console.log('the app ran');");
    assert.equal(node('--import', `${NAME}/register`, 'app.mjs'), 'the app ran');
  },
  'records spans with the zero-code entry and the SDK': () => {
    install(...SDK);
    write('recording.mjs', RECORDING_APP);
    for (const file of ['recording.mjs', 'recording.cjs']) {
      write('recording.cjs', RECORDING_APP.replace(/import (.*) from (.*);/, 'const $1 = require($2);'));
      assert.equal(node('--import', `${NAME}/register`, file), 'true');
    }
  },
};

const TYPED_APP = `
const processor = new CostSpanProcessor();
const answer: Promise<number> = withTask('research', async (task) => task.totals.costUsd);
export { answer, processor };
`;

const RECORDING_APP = `
import { trace } from '@opentelemetry/api';
const span = trace.getTracer('app').startSpan('work');
console.log(span.isRecording());
span.end();
`;

/** Imports of all entries but package.json, so that each has types that are there. */
function everyEntry() {
  const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  const entries = Object.keys(exports).filter((path) => !path.endsWith('.json'));
  assert.ok(entries.length > 3);
  return entries.map((path, index) => `export * as entry${index} from '${NAME}${path.slice(1)}';\n`).join('');
}

/** The installed files, as paths below the package. */
function packageFiles() {
  return readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1));
}

function write(file, text) {
  writeFileSync(join(app, file), text);
}

function install(...packages) {
  const specs = packages.map((name) => (name in devDependencies ? `${name}@${devDependencies[name]}` : name));
  execFileSync('npm', ['install', '--no-audit', '--no-fund', ...specs], { cwd: app, stdio: 'pipe' });
}

function node(...args) {
  const env = { ...process.env, OTEL_TRACES_EXPORTER: 'none' };
  return execFileSync(process.execPath, args, { cwd: app, env, encoding: 'utf8', stdio: 'pipe' }).trim();
}

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    check();
    console.log(`✓ ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`✗ ${name}\n${error.stdout ?? ''}${error.message}`);
  }
}
rmSync(app, { recursive: true, force: true });
console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed, 0 skipped`);
process.exit(failed > 0 ? 1 : 0);

/** The apps of the soak in a folder of their own, with the package installed. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

/** Taken from this repository's own. */
const PACKAGES = [
  '@opentelemetry/api',
  '@opentelemetry/exporter-metrics-otlp-http',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/resources',
  '@opentelemetry/sdk-metrics',
  '@opentelemetry/sdk-trace-node',
  '@pydantic/genai-prices',
];

/** `build` is a packed package (`.tgz`), or the folder `dist` of one. */
export function installApp(build) {
  const folder = mkdtempSync(join(tmpdir(), 'otel-agent-cost-soak-'));
  cpSync(join(REPOSITORY, 'integration/chaos/soak'), folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const target = join(folder, 'node_modules/otel-agent-cost');
  mkdirSync(target, { recursive: true });
  if (build.endsWith('.tgz')) {
    execFileSync('tar', ['-xzf', resolve(build), '-C', target, '--strip-components=1']);
  } else {
    cpSync(resolve(build), join(target, 'dist'), { recursive: true });
    cpSync(join(resolve(build), '../package.json'), join(target, 'package.json'));
  }
  for (const name of PACKAGES) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(REPOSITORY, 'node_modules', name), link, 'dir');
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

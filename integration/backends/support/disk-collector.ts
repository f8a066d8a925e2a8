/** The collector of `deploy/collector-config.disk.yaml` as it is in the repository. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Collector, startCollector } from './programs/collector.js';

export const DISK_CONFIG = fileURLToPath(
  new URL('../../../deploy/collector-config.disk.yaml', import.meta.url),
);

const BYTES_A_BLOCK = 512;

export interface DiskCollector {
  collector: Collector;
  /** What its files take on disk. */
  diskBytes(): number;
}

export async function startDiskCollector(
  backendUrl: string,
  env: Record<string, string> = {},
  settings: string[] = [],
): Promise<DiskCollector> {
  let folder = '';
  const collector = await startCollector(DISK_CONFIG, {
    env(own) {
      folder = own;
      return { BACKEND_URL: backendUrl, ...env };
    },
    // For the tests' receiver, which reads metrics in JSON only.
    settings: [
      ...['traces', 'metrics'].map((signal) => `exporters::otlp_http/${signal}::encoding: json`),
      ...settings,
    ],
  });
  const state = join(folder, 'state');
  const bytesOf = (name: string) => statSync(join(state, name)).blocks * BYTES_A_BLOCK;
  return { collector, diskBytes: () => readdirSync(state).reduce((sum, name) => sum + bytesOf(name), 0) };
}

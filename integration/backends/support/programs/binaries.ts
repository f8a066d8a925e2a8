/** Where the programs are: `integration/backends/build.sh` gets them. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export type ProgramName =
  | 'collector'
  | 'jaeger'
  | 'tempo'
  | 'prometheus'
  | 'promtool'
  | 'alertmanager'
  | 'amtool'
  | 'clickhouse';

const BUILD = fileURLToPath(new URL('../../build.sh', import.meta.url));

/** The path of a program. Throws when there is none. */
export function binaryOf(name: ProgramName): string {
  const { status, stdout, stderr } = spawnSync('bash', [BUILD, '--where', name], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr.trim());
  return stdout.trim();
}

/** Where a program runs that somebody else started: `TEMPO_URL`, … */
export function urlOf(name: ProgramName): string | undefined {
  return process.env[`${name.toUpperCase()}_URL`]?.replace(/\/$/, '') || undefined;
}

/**
 * Whether tests are to be skipped that need these programs: one of them is missing, and this machine has nothing to get
 * it from (Tempo, without `TEMPO_BIN`; ClickHouse, without Python), or a person said that it may be
 * (`ALLOW_MISSING_BACKENDS=1`). One that could not be built is no reason: then the tests run, and fail.
 */
export function isSkipped(...names: ProgramName[]): boolean {
  return names.some((name) => {
    if (urlOf(name) !== undefined) return false;
    const { status } = spawnSync('bash', [BUILD, '--where', name]);
    return status === NOT_OFFERED || (status !== 0 && process.env.ALLOW_MISSING_BACKENDS === '1');
  });
}

/** How `build.sh` says that it has no way to get a program. */
const NOT_OFFERED = 2;

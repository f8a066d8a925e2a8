/** The programs of `app/`, as processes of their own. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Leashed, spawnLeashed } from '../../backends/support/programs/leash.js';

/** Forty processes start at once on two cores. */
const READY_MILLIS = 60_000;

/** The folder into which `run.sh` installed the app. */
export function appFolder(): string {
  const folder = process.env.FLEET_APP;
  if (folder === undefined) throw new Error('FLEET_APP is not set: start with integration/fleet/run.sh');
  return folder;
}

/** Starts `node <options> <file> <arguments>`. */
export function startApp(
  [file, ...args]: readonly [string, ...string[]],
  env: Record<string, string>,
  options: readonly string[] = [],
): Leashed {
  return spawnLeashed(process.execPath, [...options, join(appFolder(), file), ...args], env);
}

/** Resolves when a program has written "ready". */
export async function ready(app: Leashed): Promise<Leashed> {
  const deadline = performance.now() + READY_MILLIS;
  while (!/^ready$/m.test(app.log())) {
    if (!app.isRunning() || performance.now() > deadline) throw new Error(`not ready:\n${app.log()}`);
    await pause(10);
  }
  return app;
}

/** Resolves when `check` holds, which it may do late on a busy machine. */
export async function until(
  what: string,
  check: () => boolean | Promise<boolean>,
  millis = 30_000,
): Promise<void> {
  const deadline = performance.now() + millis;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`in ${millis} ms, it did not happen: ${what}`);
    await pause(20);
  }
}

/** Opens the store, as the set-up of an installation does. */
export async function openStore(redisUrl: string): Promise<void> {
  const setUp = startApp(['open.mjs'], { REDIS_URL: redisUrl });
  await setUp.ended;
  if (!setUp.log().includes('(ended: 0)')) throw new Error(`the store was not opened:\n${setUp.log()}`);
}

/** Runs the apps of `app/` with the packed package, and reads from their output what was counted as lost. */
import { spawn } from 'node:child_process';

/** The folder into which `run.sh` installed the app. */
export function appFolder(): string {
  const folder = process.env.CHAOS_APP;
  if (folder === undefined) throw new Error('CHAOS_APP is not set: start with integration/chaos/run.sh');
  return folder;
}

export interface AppRun {
  file: string;
  /** The way in which the app ends. */
  end: string;
  tasks: number;
  env: Record<string, string>;
  /** Sent when the app says that it is ready. */
  signal?: NodeJS.Signals | undefined;
}

/** Runs the app to its end. Returns what it wrote to stderr. */
export async function runApp(run: AppRun): Promise<string> {
  const { child, stderr } = startApp(run);
  await new Promise((resolve) => child.once('close', resolve));
  return stderr();
}

/** Starts the app. The caller ends it. */
export function startApp({ file, end, tasks, env, signal }: AppRun) {
  const options = ['--import', 'otel-agent-cost/register', file, end, String(tasks)];
  const child = spawn(process.execPath, options, {
    cwd: appFolder(),
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (signal !== undefined && chunk.toString().includes('ready')) child.kill(signal);
  });
  return { child, stdout: () => stdout, stderr: () => stderr };
}

export interface Counted {
  spans: number;
  usd: number;
}

/** The losses that the notices of an app name. */
export function countedIn(stderr: string): Counted {
  const sum = (pattern: RegExp) =>
    [...stderr.matchAll(pattern)].reduce(
      (total, [, number = '0']) => total + Number(number.replaceAll(',', '')),
      0,
    );
  return {
    spans: sum(/([\d,]+) of [\d,]+ spans/g),
    usd: sum(/\$([\d.,]+) of \$[\d.,]+ in metrics/g),
  };
}

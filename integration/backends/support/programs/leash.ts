/** Processes that do not outlive the one that started them, whatever ends it. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * Beside the program, a shell waits on a pipe whose other end only this process has. A line means that the program has
 * ended; the end of the pipe, that this process has, were it by SIGKILL, and that the program has to follow. The program
 * takes the place of the first shell, and with it the process id.
 */
const LEASH = '(read -r _ <&3 || kill -9 $$) >/dev/null 2>&1 & exec "$@" 3<&-';

/** How a program is started so; its file descriptor 3 is the pipe. */
export function leashed(binary: string, args: string[]): [command: string, args: string[]] {
  return ['sh', ['-c', LEASH, 'sh', binary, ...args]];
}

const LOG_CHARACTERS = 200_000;

export interface Leashed {
  signal(signal: NodeJS.Signals): void;
  isRunning(): boolean;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  /** What it wrote last, on both streams. */
  log(): string;
}

export function spawnLeashed(binary: string, args: string[], env: Record<string, string>): Leashed {
  const child = spawn(...leashed(binary, args), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  let log = '';
  const keep = (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-LOG_CHARACTERS);
  };
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', keep);
  const leash = leashOf(child);
  let isRunning = true;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      isRunning = false;
      log += `\n(ended: ${signal ?? code})`;
      leash.end('ended\n');
      resolve();
    });
  });
  return {
    signal: (signal) => {
      child.kill(signal);
    },
    isRunning: () => isRunning,
    ended,
    log: () => log,
  };
}

function leashOf({ stdio }: ChildProcess): Writable {
  const leash = stdio[3];
  if (!leash || !('write' in leash)) throw new Error('the process has no leash');
  // The shell at its other end is gone when both were killed at once.
  leash.on('error', () => {});
  return leash;
}

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ExitSendRequest } from './exit-sender.js';

const SENDER_FILE = fileURLToPath(new URL('./exit-sender.js', import.meta.url));

/** The time a Node process takes to start and to stop, on top of what it may spend sending. */
const PROCESS_MILLIS = 500;

export interface ExitDestination {
  url: string;
  headers: Record<string, string>;
}

/**
 * Sends the bodies of requests and waits for it, without the event loop. Never throws.
 *
 * @param makeBodies called once
 * @param timeoutMillis the longest this may take, a process start of up to half a second included
 * @returns for each body whether a receiver confirmed it; nothing where they could not be made or sent
 */
export function sendAtExit(
  { url, headers }: ExitDestination,
  makeBodies: () => Uint8Array[],
  timeoutMillis: number,
): boolean[] {
  const request: ExitSendRequest = {
    url,
    headers,
    timeoutMillis: Math.max(0, timeoutMillis - PROCESS_MILLIS),
  };
  try {
    const { stdout } = spawnSync(process.execPath, [SENDER_FILE], {
      input: Buffer.concat([Buffer.from(JSON.stringify(request)), ...makeBodies()].flatMap(frame)),
      // Without the app's own preloads: the sender must not be metered in turn.
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: timeoutMillis,
      windowsHide: true,
    });
    return [...stdout.toString('latin1')].map((answer) => answer === '1');
  } catch {
    // No right to start a process, or no memory for the bodies: what they held counts as lost, and the exit says so.
    return [];
  }
}

function frame(content: Uint8Array): Uint8Array[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.byteLength);
  return [length, content];
}

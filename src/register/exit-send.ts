import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ExitSendRequest } from './exit-sender.js';

const SENDER_FILE = fileURLToPath(new URL('./exit-sender.js', import.meta.url));

/** The time to start and stop a Node.js process, in addition to the time for sending. */
const PROCESS_MILLIS = 500;

export interface ExitDestination {
  url: string;
  headers: Record<string, string>;
}

/**
 * Sends request bodies and waits for the result, without the event loop. Never throws.
 *
 * @param makeBodies called once
 * @param timeoutMillis the longest this may take, including a process start of up to half a second
 * @returns for each body whether a receiver confirmed it; empty if they could not be created or sent
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
      // Without the app's own preloads, so that the sender is not metered itself.
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: timeoutMillis,
      windowsHide: true,
    });
    return [...stdout.toString('latin1')].map((answer) => answer === '1');
  } catch {
    // No permission to start a process, or no memory for the bodies. Their content counts as lost and is reported
    // at exit.
    return [];
  }
}

function frame(content: Uint8Array): Uint8Array[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.byteLength);
  return [length, content];
}

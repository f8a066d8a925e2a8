import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { ExitSendRequest } from './exit-sender.js';

const SENDER_FILE = fileURLToPath(new URL('./exit-sender.js', import.meta.url));

/** The time a Node process takes to start and to stop, on top of what it may spend sending. */
const PROCESS_MILLIS = 500;

/** Spans to the bytes of one OTLP request: a serializer of `@opentelemetry/otlp-transformer`. */
export interface TraceSerializer {
  serializeRequest(spans: ReadableSpan[]): Uint8Array | undefined;
}

export interface ExitDestination {
  url: string;
  headers: Record<string, string>;
  serializer: TraceSerializer;
}

/**
 * Sends batches of spans and waits for it, without the event loop. Never throws.
 *
 * @param timeoutMillis the longest this may take, a process start of up to half a second included
 * @returns how many spans a receiver confirmed
 */
export function sendAtExit(
  { url, headers, serializer }: ExitDestination,
  batches: ReadableSpan[][],
  timeoutMillis: number,
): number {
  const request: ExitSendRequest = {
    url,
    headers,
    timeoutMillis: Math.max(0, timeoutMillis - PROCESS_MILLIS),
  };
  try {
    const bodies = batches.map((spans) => serializer.serializeRequest(spans) ?? new Uint8Array());
    const { stdout } = spawnSync(process.execPath, [SENDER_FILE], {
      input: Buffer.concat([Buffer.from(JSON.stringify(request)), ...bodies].flatMap(frame)),
      // Without the app's own preloads: the sender must not be metered in turn.
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: timeoutMillis,
      windowsHide: true,
    });
    const delivered = stdout.toString('latin1');
    return batches.reduce((sum, spans, index) => sum + (delivered[index] === '1' ? spans.length : 0), 0);
  } catch {
    // No right to start a process, or no memory for the bodies: the spans count as lost, and the exit says so.
    return 0;
  }
}

function frame(content: Uint8Array): Uint8Array[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.byteLength);
  return [length, content];
}

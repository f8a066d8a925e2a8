/** Reads the bodies of requests within limits. */
import type { IncomingMessage } from 'node:http';
import { finished, type Transform } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import type { Exchange } from './exchange.js';
import { HttpError, tryAgain } from './http-error.js';

/** Bytes that all requests together hold, from their arrival until their spans are kept. */
export class BytesInFlight {
  #bytes = 0;

  constructor(readonly limit: number) {}

  /** One request's part. */
  open(): { take(bytes: number): void; release(): void } {
    let held = 0;
    return {
      take: (bytes) => {
        if (this.#bytes + bytes > this.limit) throw tryAgain(429, 'too many requests are in progress', 1);
        this.#bytes += bytes;
        held += bytes;
      },
      release: () => {
        this.#bytes -= held;
        held = 0;
      },
    };
  }
}

export interface BodyLimits {
  /** Of one body, as sent and inflated. */
  maxBytes: number;
  inFlight: BytesInFlight;
}

const INFLATERS: Readonly<Record<string, () => Transform>> = { gzip: createGunzip, deflate: createInflate };

/** Calls `use` with the inflated body, whose bytes are in flight until the promise of `use` settles. */
export async function withBody(
  { request, response }: Exchange,
  { maxBytes, inFlight }: BodyLimits,
  use: (body: Buffer) => void | Promise<void>,
): Promise<void> {
  const inflate = inflaterOf(request);
  checkLength(request, maxBytes);
  const share = inFlight.open();
  try {
    if (request.headers.expect !== undefined) response.writeContinue();
    const chunks: Buffer[] = [];
    await readChunks(request, inflate, maxBytes, (chunk) => {
      share.take(chunk.length);
      chunks.push(chunk);
    });
    await use(Buffer.concat(chunks));
  } finally {
    share.release();
  }
}

/** Reads a body to its end and forgets it. */
export async function drainBody({ request, response }: Exchange, maxBytes: number): Promise<void> {
  checkLength(request, maxBytes);
  if (request.headers.expect !== undefined) response.writeContinue();
  await readChunks(request, undefined, maxBytes, () => {});
}

function inflaterOf({ headers }: IncomingMessage): Transform | undefined {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return undefined;
  const create = Object.hasOwn(INFLATERS, encoding) ? INFLATERS[encoding] : undefined;
  if (create !== undefined) return create();
  throw new HttpError(415, 'the Content-Encoding must be gzip, deflate or identity', {
    'accept-encoding': 'gzip, deflate',
  });
}

function checkLength({ headers }: IncomingMessage, maxBytes: number): void {
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
}

function tooLarge(maxBytes: number): HttpError {
  return new HttpError(413, `the body is larger than ${maxBytes} bytes: send fewer spans in a request`);
}

async function readChunks(
  request: IncomingMessage,
  inflate: Transform | undefined,
  maxBytes: number,
  take: (chunk: Buffer) => void,
): Promise<void> {
  if (inflate === undefined) return readStream(request, maxBytes, take);
  let sent = 0;
  request.on('data', (chunk: Buffer) => {
    sent += chunk.length;
    if (sent > maxBytes) inflate.destroy(tooLarge(maxBytes));
  });
  // Piping ends the second stream when the first one ends, and not when it fails.
  finished(request, { writable: false }, (error) => error && inflate.destroy(error));
  request.pipe(inflate);
  try {
    await readStream(inflate, maxBytes, take);
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw new HttpError(400, `the body cannot be inflated: ${error.message}`);
  } finally {
    request.unpipe(inflate);
    inflate.destroy();
  }
}

async function readStream(
  stream: IncomingMessage | Transform,
  maxBytes: number,
  take: (chunk: Buffer) => void,
): Promise<void> {
  let bytes = 0;
  // The connection is needed for the answer.
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    take(chunk);
  }
}

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}

/** Sizes of bodies in bytes, without reading them. Undefined where that cannot be told. */
import { isRecord } from '../validate.js';

/** What `fetch` is asked to send. Never throws. */
export function requestBytes(input: unknown, init: unknown): number | undefined {
  try {
    const body = isRecord(init) && init.body !== undefined ? init.body : bodyOf(input);
    return sizeOf(body);
  } catch {
    return undefined;
  }
}

function bodyOf(input: unknown): unknown {
  return isRecord(input) && !(input instanceof URL) ? input.body : undefined;
}

function sizeOf(body: unknown): number | undefined {
  if (body === undefined || body === null) return 0;
  if (typeof body === 'string') return Buffer.byteLength(body);
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return body.byteLength;
  if (body instanceof Blob) return body.size;
  return body instanceof URLSearchParams ? Buffer.byteLength(body.toString()) : undefined;
}

/** What an answer says of its own size: the bytes on the wire, before they are unpacked. Never throws. */
export function responseBytes(response: Response): number | undefined {
  try {
    if (response.body === null) return 0;
    const stated = response.headers.get('content-length');
    return stated !== null && /^\d{1,15}$/.test(stated) ? Number(stated) : undefined;
  } catch {
    // A stand-in for a response that has no headers to read.
    return undefined;
  }
}

/** The size of a chunk of a body. */
export function chunkBytes(chunk: unknown): number {
  return ArrayBuffer.isView(chunk) ? chunk.byteLength : 0;
}

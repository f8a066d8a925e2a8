/** Sizes of bodies in bytes, without reading the bodies. Undefined when unknown. */
import { isRecord } from '../validate.js';

/** The size of the body passed to `fetch`. Never throws. */
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

/** The size that a response reports: bytes on the wire, before decompression. Never throws. */
export function responseBytes(response: Response): number | undefined {
  try {
    if (response.body === null) return 0;
    const stated = response.headers.get('content-length');
    return stated !== null && /^\d{1,15}$/.test(stated) ? Number(stated) : undefined;
  } catch {
    // A mock response without readable headers.
    return undefined;
  }
}

/** The size of a chunk of a body. */
export function chunkBytes(chunk: unknown): number {
  return ArrayBuffer.isView(chunk) ? chunk.byteLength : 0;
}

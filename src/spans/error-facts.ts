/** Reads an error for `error.type`, the span's status and the bill, without keeping a reference to it. */

const MAX_MESSAGE_LENGTH = 500;

interface ErrorShape {
  name?: unknown;
  code?: unknown;
  status?: unknown;
  statusCode?: unknown;
  $metadata?: { httpStatusCode?: unknown } | null;
  response?: { status?: unknown } | null;
}

/** The HTTP status of a failed request, if the error has one. Never throws. */
export function errorStatus(error: unknown): number | undefined {
  return readSafely(() => statusOf(error));
}

/** A low-cardinality name of the error: its HTTP status, its code, or its class. Never throws. */
export function errorType(error: unknown): string {
  return readSafely(() => typeOf(error)) ?? '_OTHER';
}

/** The message of the error, at most 500 characters. Never throws. */
export function errorMessage(error: unknown): string {
  const message = readSafely(() => (error instanceof Error ? error.message : String(error)));
  return typeof message === 'string' ? message.slice(0, MAX_MESSAGE_LENGTH) : '';
}

/** Any value can be thrown, such as an object without a string form, or a proxy that throws on access. */
function readSafely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { status, statusCode, $metadata, response } = error as ErrorShape;
  for (const value of [status, statusCode, $metadata?.httpStatusCode, response?.status]) {
    if (typeof value === 'number') return value;
  }
  return undefined;
}

function typeOf(error: unknown): string {
  const status = statusOf(error);
  if (status !== undefined) return String(status);
  if (typeof error !== 'object' || error === null) return typeof error;
  const { code, name } = error as ErrorShape;
  if (typeof code === 'string' && code !== '') return code;
  return typeof name === 'string' && name !== '' ? name : '_OTHER';
}

/** What can be said about an error without keeping it: for `error.type`, the span's status and the bill. */

const MAX_MESSAGE_LENGTH = 500;

interface ErrorShape {
  name?: unknown;
  code?: unknown;
  status?: unknown;
  statusCode?: unknown;
  $metadata?: { httpStatusCode?: unknown } | null;
  response?: { status?: unknown } | null;
}

/** The HTTP status of a failed request, where the error shows one. Never throws. */
export function errorStatus(error: unknown): number | undefined {
  return readSafely(() => statusOf(error));
}

/** A low-cardinality name of what went wrong: a status, a code, or the error's class. Never throws. */
export function errorType(error: unknown): string {
  return readSafely(() => typeOf(error)) ?? '_OTHER';
}

/** What it says, shortened. Never throws. */
export function errorMessage(error: unknown): string {
  const message = readSafely(() => (error instanceof Error ? error.message : String(error)));
  return typeof message === 'string' ? message.slice(0, MAX_MESSAGE_LENGTH) : '';
}

/** Anything can be thrown: an object that has no text, or one behind a proxy that throws. */
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

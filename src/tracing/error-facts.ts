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

/** The HTTP status of a failed request, where the error shows one. */
export function errorStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { status, statusCode, $metadata, response } = error as ErrorShape;
  for (const value of [status, statusCode, $metadata?.httpStatusCode, response?.status]) {
    if (typeof value === 'number') return value;
  }
  return undefined;
}

/** A low-cardinality name of what went wrong: a status, a code, or the error's class. */
export function errorType(error: unknown): string {
  const status = errorStatus(error);
  if (status !== undefined) return String(status);
  if (typeof error !== 'object' || error === null) return typeof error;
  const { code, name } = error as ErrorShape;
  if (typeof code === 'string' && code !== '') return code;
  return typeof name === 'string' && name !== '' ? name : '_OTHER';
}

export function errorMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.slice(0, MAX_MESSAGE_LENGTH);
}

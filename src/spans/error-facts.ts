/** Reads an error for `error.type`, the span's status and the bill, without keeping a reference to it. */
import { shortText } from '../short-text.js';
import { shownMessage } from '../url-secrets.js';

/**
 * The depth of causes: the error of OpenAI's client is caused by the error of `fetch`, which is caused by that of the
 * socket.
 */
const MAX_CAUSES = 3;

interface ErrorShape {
  name?: unknown;
  message?: unknown;
  code?: unknown;
  cause?: unknown;
  status?: unknown;
  statusCode?: unknown;
  status_code?: unknown;
  $metadata?: { httpStatusCode?: unknown } | null;
  response?: { status?: unknown } | null;
  /** The AI SDK's `RetryError` has the error of its last attempt. */
  lastError?: { statusCode?: unknown } | null;
}

/** The HTTP status of a failed request, if the error has one. Never throws. */
export function errorStatus(error: unknown): number | undefined {
  return readSafely(() => statusOf(error));
}

/** The code of a failed connection, which `fetch` and clients give as the cause of their error. Never throws. */
export function errorCode(error: unknown): string | undefined {
  return readSafely(() => {
    let at = error;
    for (let depth = 0; depth < MAX_CAUSES; depth++) {
      const code = codeIn(at);
      if (code !== undefined) return code;
      at = (at as ErrorShape).cause;
    }
    return undefined;
  });
}

function codeIn(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code } = error as ErrorShape;
  return typeof code === 'string' ? code : undefined;
}

/** A low-cardinality name of the error: its HTTP status, its code, or its class. Never throws. */
export function errorType(error: unknown): string {
  return readSafely(() => shortText(typeOf(error))) ?? '_OTHER';
}

/** The message of the error, at most 500 characters and without the secrets of URLs. Never throws. */
export function errorMessage(error: unknown): string {
  return readSafely(() => shownMessage(messageIn(error))) ?? '';
}

/** An object that is not an error is not converted to a string: for an array, this would read every element. */
function messageIn(error: unknown): string {
  if (typeof error === 'function' || typeof error === 'bigint') return `a ${typeof error}`;
  if (typeof error !== 'object' || error === null) return String(error);
  const { message } = error as ErrorShape;
  return typeof message === 'string' ? message : Object.prototype.toString.call(error);
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
  const { status, statusCode, status_code, $metadata, response, lastError } = error as ErrorShape;
  const statuses = [
    status,
    statusCode,
    status_code,
    $metadata?.httpStatusCode,
    response?.status,
    lastError?.statusCode,
  ];
  for (const value of statuses) {
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

import { isRecord } from '../validate.js';

/** Node's and undici's codes for requests that never reached a server. */
const CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_INVALID_URL',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_INVALID_ARG',
]);

/** True for a failed request that cannot have been billed. Never throws. */
export function wasNeverSent(error: unknown): boolean {
  try {
    return isRecord(error) && (CODES.has(codeOf(error)) || CODES.has(codeOf(error.cause)));
  } catch {
    return false;
  }
}

function codeOf(error: unknown): string {
  return isRecord(error) ? String(error.code) : '';
}

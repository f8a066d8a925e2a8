/** HTTP statuses of calls that a provider refused before the model ran. Providers do not charge for them. */
const REJECTIONS = new Set([400, 401, 403, 404, 405, 413, 415, 422, 429]);

/** The matching error classes of the OpenAI and Anthropic clients, which some instrumentations record instead. */
const REJECTION_ERRORS = new Set([
  'BadRequestError',
  'AuthenticationError',
  'PermissionDeniedError',
  'NotFoundError',
  'UnprocessableEntityError',
  'RateLimitError',
]);

/** Codes of errors in which no connection was made. */
const NO_CONNECTION = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** True for the code of an error in which the request never left this machine. */
export function isUnsent(code: string | undefined): boolean {
  return code !== undefined && NO_CONNECTION.has(code);
}

/** True for an HTTP status (a number or a string) or an error name of a call that never reached the model. */
export function isRejection(status: unknown): boolean {
  if (typeof status === 'number') return REJECTIONS.has(status);
  return typeof status === 'string' && (REJECTIONS.has(Number(status)) || REJECTION_ERRORS.has(status));
}

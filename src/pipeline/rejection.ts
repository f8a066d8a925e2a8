/** HTTP statuses with which providers refuse a call before the model runs; none of them charges for it. */
const REJECTIONS = new Set([400, 401, 403, 404, 405, 413, 415, 422, 429]);

/** The same by the error classes of the OpenAI and Anthropic clients, which some instrumentations record instead. */
const REJECTION_ERRORS = new Set([
  'BadRequestError',
  'AuthenticationError',
  'PermissionDeniedError',
  'NotFoundError',
  'UnprocessableEntityError',
  'RateLimitError',
]);

/** True for a status, as a number or as text, or an error's name that says the call never reached the model. */
export function isRejection(status: unknown): boolean {
  if (typeof status === 'number') return REJECTIONS.has(status);
  return typeof status === 'string' && (REJECTIONS.has(Number(status)) || REJECTION_ERRORS.has(status));
}

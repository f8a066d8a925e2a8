/** Ends a request with a status and a message for its sender. */
export class HttpError extends Error {
  override name = 'HttpError';
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** The sender should try again after so many seconds. */
export function tryAgain(status: 429 | 503, message: string, seconds: number): HttpError {
  return new HttpError(status, message, { 'retry-after': String(Math.max(1, Math.ceil(seconds))) });
}

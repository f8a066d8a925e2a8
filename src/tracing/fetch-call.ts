/** A fetch `Response` as the result of an LLM call: its usage is in a body that nobody has read yet. */
import type { Usage } from '../usage/usage.js';
import { warnOnce } from '../warnings.js';
import { Call } from './call.js';

/** A longer answer than any model gives: 64 MiB, the size of a few images as base64. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** What is said on the span of a response that is not read here. */
const UNREAD_RESPONSE = 'the result is a fetch Response whose usage was not read';

/** Told from its own class by what it can do: polyfills and other realms have one of their own. */
function isFetchResponse(value: unknown): value is Response {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return (
      Object.prototype.toString.call(value) === '[object Response]' && 'clone' in value && 'bodyUsed' in value
    );
  } catch {
    // A proxy of the app's that throws.
    return false;
  }
}

/** A call whose work may give such a response: it is settled once the body has been read. */
export abstract class FetchCall extends Call {
  /** Why the result showed no usage, where that can be told. */
  protected unread: string | undefined;

  /** What the app has said itself: then there is nothing to read. */
  protected recorded: Usage | undefined;

  override returned(value: unknown): void {
    if (this.recorded !== undefined || !isFetchResponse(value)) super.returned(value);
    else if (value.ok) this.readBody(value);
    else super.threw(new HttpStatusError(value.status));
  }

  private readBody(response: Response): void {
    const giveUp = () => {
      this.unread = UNREAD_RESPONSE;
      super.returned(undefined);
    };
    const body = jsonBodyOf(response);
    if (body === undefined) giveUp();
    else void body.then((parsed) => super.returned(parsed), giveUp);
  }
}

/**
 * The parsed body of a JSON response, read from a clone while the app reads the response itself. Undefined for what is
 * not read: an event stream, because a clone goes on reading when the app breaks off, and so would what it costs; a body
 * that was read already; one that is too large. Rejects when it cannot be read or parsed.
 */
function jsonBodyOf(response: Response): Promise<unknown> | undefined {
  const type = response.headers.get('content-type') ?? '';
  const bytes = Number(response.headers.get('content-length') ?? 0);
  if (response.bodyUsed || bytes > MAX_BODY_BYTES || !/[/+]json\b/i.test(type)) {
    warnOnce(
      `${UNREAD_RESPONSE}: give \`await response.json()\` from the function of withLlm, or say the usage of a stream with \`call.recordUsage(usage)\``,
    );
    return undefined;
  }
  return response.clone().json();
}

/** As an error that a client would have thrown. */
class HttpStatusError extends Error {
  override readonly name = 'HttpStatusError';

  constructor(readonly status: number) {
    super(`the response has the status ${status}`);
  }
}

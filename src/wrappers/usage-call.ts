/** Where the usage of an LLM call is read: its result, the body of a fetch `Response`, or what the app says. */

import { endWait, waitForBody } from '../runtime/body-wait.js';
import { addUsage } from '../usage/combine.js';
import { readResponse } from '../usage/read-response.js';
import { readUsage } from '../usage/read-usage.js';
import type { Usage } from '../usage/usage.js';
import { show } from '../validate.js';
import { warnOnce } from '../warnings.js';
import { Call, type Ending } from './call.js';
import type { RecordedUsage } from './llm-options.js';

/** Longer than a model takes for an answer that is not streamed; a body that nobody reads may stall for ever. */
const MAX_WAIT_MILLIS = 60_000;

/** A longer answer than any model gives: 64 MiB, the size of a few images as base64. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** The anomaly written on the span of a response that is not read here. */
const UNREAD_RESPONSE = 'the result is a fetch Response whose usage was not read';

/** By what it can do, and not by its class: polyfills and other realms have one of their own. */
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

const SAY_IT =
  'or say the usage: withLlm(options, (call) => { …; call.recordUsage({ inputTokens, outputTokens }) })';

/**
 * A call whose usage is in its result, or said by the app. A fetch `Response` as its result is settled once the body has
 * been read.
 */
export abstract class UsageCall extends Call {
  abstract open: boolean;
  /** Usage that the app recorded itself; the result is then not read. */
  protected recorded: Usage | undefined;
  protected recordedModel: string | undefined;
  protected recordedProvider: string | undefined;
  /** Why the result showed no usage, where that can be told. */
  protected unread: string | undefined;
  /** The usage stood in the body of a response: what the app records of it later is the same. */
  private isBodyBilled = false;
  /** The app recorded it after the span had ended: what a body says of it later is the same. */
  private isRecordedLate = false;

  /** Usage that no response shows; added to what was recorded before. It wins over the response. */
  get recordUsage(): (usage: RecordedUsage | object) => void {
    return (usage) =>
      this.runtime.guard(() => {
        const read = readUsage(usage);
        if (read === undefined) {
          warnOnce(`recordUsage found no counts in ${show(usage)}; give { inputTokens, outputTokens }`);
          return;
        }
        const { model, provider }: RecordedUsage = usage;
        if (typeof model === 'string') this.recordedModel = model;
        if (typeof provider === 'string') this.recordedProvider = provider;
        if (this.open) this.recorded = addUsage(this.recorded, read);
        else this.recordLate(read);
      });
  }

  private recordLate(usage: Usage): void {
    if (this.isBodyBilled) {
      warnOnce('usage was recorded for a call whose response had been read and billed; it is ignored');
      return;
    }
    this.isRecordedLate = true;
    this.billLate(usage);
  }

  /** Bills usage that came after the span had ended. */
  protected abstract billLate(usage: Usage): void;

  /** What to do about a call that showed no usage: reported once for each kind, for it is a mistake of the code. */
  protected advise(ending: Ending, wasStream: boolean): void {
    if (this.unread !== undefined) return;
    if (wasStream && ending.how === 'streamed') {
      warnOnce(
        `a stream in withLlm had no usage: OpenAI's chat streams need stream_options: { include_usage: true }; ${SAY_IT}`,
      );
    } else if (ending.how === 'returned' && ending.value !== undefined) {
      const { value } = ending;
      const given = typeof value === 'object' && value !== null ? 'an object' : `a ${typeof value}`;
      warnOnce(`withLlm got ${given} without usage: give the response of the client as it came, ${SAY_IT}`);
    }
  }

  override returned(value: unknown): void {
    if (this.recorded !== undefined || !isFetchResponse(value)) super.returned(value);
    else if (value.ok === false) super.threw(new HttpStatusError(value.status));
    else this.readBody(value);
  }

  /** Settles the call by a body that is read while the app reads the response, or without it where that takes too long. */
  private readBody(response: Response): void {
    const body = jsonBodyOf(response);
    if (body === undefined) {
      this.settleUnread();
      return;
    }
    waitForBody(this, this.record, MAX_WAIT_MILLIS);
    void body.then(
      (parsed) => this.bodyArrived(parsed),
      () => this.giveUpBody(),
    );
  }

  private bodyArrived(parsed: unknown): void {
    const usage = readResponse(parsed)?.usage;
    this.isBodyBilled = usage !== undefined;
    if (endWait(this)) super.returned(parsed);
    // Its span is out. Where the app has recorded usage meanwhile, that is billed already.
    else if (usage !== undefined && !this.isRecordedLate) this.runtime.guard(() => this.billLate(usage));
  }

  /** The body has not come by the end of the task, or in time: the call is unpriced until it does. */
  giveUpBody(): void {
    if (endWait(this)) this.settleUnread();
  }

  private settleUnread(): void {
    this.unread = UNREAD_RESPONSE;
    super.returned(undefined);
  }
}

/**
 * The parsed body of a JSON response, read from a clone while the app reads the response itself. Undefined for what is
 * not read: an event stream, because a clone goes on reading when the app breaks off, and so would what it costs; a body
 * that is being read already. Rejects when it cannot be read or parsed, and when it is too long.
 */
function jsonBodyOf(response: Response): Promise<unknown> | undefined {
  try {
    const type = response.headers.get('content-type') ?? '';
    const isFree = !response.bodyUsed && response.body?.locked !== true;
    if (isFree && /[/+]json\b/i.test(type)) return parsedBody(response.clone());
  } catch {
    // A polyfill that lacks a part of the standard.
  }
  warnOnce(
    `${UNREAD_RESPONSE}: give \`await response.json()\` from the function of withLlm; for a stream read it there, and say the usage with \`call.recordUsage(usage)\``,
  );
  return undefined;
}

async function parsedBody(copy: Response): Promise<unknown> {
  if (copy.body === null) return JSON.parse(await copy.text());
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of copy.body) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the copy alone.
    if (bytes > MAX_BODY_BYTES) throw new RangeError('the body is too long');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}

/** As an error that a client would have thrown. */
class HttpStatusError extends Error {
  override readonly name = 'HttpStatusError';

  constructor(readonly status: number) {
    super(`the response has the status ${status}`);
  }
}

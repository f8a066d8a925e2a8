/** Reads the usage of an LLM call: from its result, from the body of a fetch `Response`, or as recorded by the app. */

import type { RecordedModel, RecordedUsage } from '../handles.js';
import { CallWatch } from '../results/call-watch.js';
import { isObject } from '../results/patch.js';
import { isWebStream, watchWebStream } from '../results/web-stream.js';
import { endWait, keepWaiting, waitForBody } from '../runtime/body-wait.js';
import { show } from '../short-text.js';
import { readResponse } from '../usage/read-response.js';
import { RecordedCalls } from '../usage/recorded-calls.js';
import { type CallNames, namesIn, type Recorded, readRecorded } from '../usage/recorded-usage.js';
import type { CallFacts } from '../usage/usage.js';
import { isRecord } from '../validate.js';
import { warnOnce } from '../warnings.js';
import { Call, type Ending } from './call.js';
import { EventReader } from './event-reader.js';

/** Longer than a model takes for an answer that is not streamed. An unread body may stall forever. */
const MAX_WAIT_MILLIS = 60_000;

/** Larger than any model's answer: 64 MiB, the size of a few images as base64. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** The anomaly written on the span of a response that is not read here. */
const UNREAD_RESPONSE = 'the result is a fetch Response whose usage was not read';

/** Checks for the members and not for the class, because polyfills and other realms have their own class. */
function isFetchResponse(value: unknown): value is Response {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return (
      Object.prototype.toString.call(value) === '[object Response]' && 'clone' in value && 'bodyUsed' in value
    );
  } catch {
    // A proxy of the app threw.
    return false;
  }
}

const SAY_IT =
  'or record the usage: withLlm(options, (call) => { …; call.recordUsage({ inputTokens, outputTokens }) })';

/**
 * A call whose usage is in its result, or recorded by the app. If the result is a fetch `Response`, the call is settled
 * once the body has been read.
 */
export abstract class UsageCall extends Call {
  abstract open: boolean;
  /** The usage that the app recorded. If set, it replaces that of the result. */
  protected records: RecordedCalls | undefined;
  /** The reason why the result showed no usage, if it is known. */
  protected unread: string | undefined;

  get recordUsage(): (usage: RecordedUsage) => void {
    return (usage) => this.noteUsage('recordUsage', usage);
  }

  get recordProviderUsage(): (usageOrResponse: object, names?: RecordedModel) => void {
    return (usageOrResponse, names) => this.noteUsage('recordProviderUsage', usageOrResponse, names);
  }

  /** `given` is usage in this package's form, or a provider's usage or response: apps without types confuse them. */
  protected noteUsage(word: string, given: unknown, names?: RecordedModel): void {
    this.runtime.guard(() => {
      const record = readRecorded(given, namesIn(names), this.requestNames);
      if (record === undefined) {
        warnOnce(`${word} found no counts in ${describe(given)}`);
        return;
      }
      this.records ??= new RecordedCalls();
      this.records.add(record);
      if (!this.open) this.billLate(this.records.total(this.requestNames));
    });
  }

  /** The names in the call's options or request. */
  protected abstract get requestNames(): CallNames;

  /** Bills usage that arrived after the span had ended: all that is known about the call. */
  protected abstract billLate(facts: Recorded): void;

  /** Reports how to fix a call without usage. Once per kind, because the cause is in the app's code. */
  protected advise(ending: Ending, wasStream: boolean): void {
    if (this.unread !== undefined) return;
    if (wasStream && ending.how === 'streamed') {
      warnOnce(
        `a stream in withLlm had no usage: OpenAI's chat streams need stream_options: { include_usage: true }; ${SAY_IT}`,
      );
    } else if (ending.how === 'returned' && ending.value !== undefined) {
      const { value } = ending;
      const given = typeof value === 'object' && value !== null ? 'an object' : `a ${typeof value}`;
      warnOnce(`withLlm got ${given} without usage: return the client's response unchanged, ${SAY_IT}`);
    }
  }

  override returned(value: unknown): void {
    if (this.records !== undefined || !isFetchResponse(value)) super.returned(value);
    else if (value.ok === false) super.threw(new HttpStatusError(value.status));
    else this.readBody(value);
  }

  /** The facts in the chunks so far. */
  protected abstract streamedFacts(): CallFacts | undefined;

  /** Settles the call with the body, which is read while the app reads the response, or without it after a timeout. */
  private readBody(response: Response): void {
    if (this.followEvents(response)) return;
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

  /**
   * Follows a stream of events in place: a clone would continue to read, at the app's cost, after the app has stopped.
   */
  private followEvents(response: Response): boolean {
    const body = eventsOf(response);
    if (!isObject(body) || !isWebStream(body)) return false;
    const events = new EventReader((event) => this.chunk(event));
    const over = (end: () => void, isWhole = false): void => {
      const { usage, ...facts } = this.streamedFacts() ?? NO_FACTS;
      if (usage === undefined && !isWhole) this.unread = UNREAD_RESPONSE;
      if (endWait(this)) end();
      // The span has ended.
      else if (usage !== undefined)
        this.runtime.guard(() =>
          this.billLate({ ...facts, usage: isWhole ? usage : { ...usage, incomplete: true } }),
        );
    };
    const watch = new CallWatch({
      enter: (step) => this.enter(step),
      chunk: (bytes) => {
        events.push(bytes);
        keepWaiting(this);
      },
      returned: () => over(() => super.streamed(), true),
      streamed: () => {
        events.end();
        over(() => super.streamed(), true);
      },
      stopped: () => over(() => super.stopped()),
      threw: (error) => over(() => super.threw(error)),
    });
    if (!watchWebStream(body, watch, watch.reading)) return false;
    waitForBody(this, this.record, MAX_WAIT_MILLIS);
    return true;
  }

  private bodyArrived(parsed: unknown): void {
    const { usage, ...facts } = readResponse(parsed) ?? NO_FACTS;
    if (endWait(this)) super.returned(parsed);
    // The span has ended. Usage that the app has recorded in the meantime is for the same call.
    else if (usage !== undefined) this.runtime.guard(() => this.billLate({ ...facts, usage }));
  }

  /** Called when the body has not arrived by the end of the task, or in time. The call is unpriced until it arrives. */
  giveUpBody(): void {
    if (endWait(this)) this.settleUnread();
  }

  private settleUnread(): void {
    if (this.streamedFacts()?.usage === undefined) this.unread = UNREAD_RESPONSE;
    super.returned(undefined);
  }
}

const NO_FACTS: CallFacts = {};

/** Describes an object without counts, with the most likely fix. */
function describe(given: unknown): string {
  if (isPromise(given)) return 'a promise: await it first';
  return `${show(given)}; pass { inputTokens, outputTokens }`;
}

function isPromise(value: unknown): boolean {
  try {
    return isRecord(value) && 'then' in value;
  } catch {
    // A proxy of the app threw.
    return false;
  }
}

/** The body of a response, if it consists of events and is not being read yet. */
function eventsOf(response: Response): unknown {
  try {
    const type = response.headers.get('content-type') ?? '';
    const isFree = !response.bodyUsed && response.body?.locked !== true;
    return isFree && /event-stream|ndjson|jsonl|json-seq/i.test(type) ? response.body : undefined;
  } catch {
    // A polyfill lacks a part of the standard.
    return undefined;
  }
}

/**
 * The parsed body of a JSON response, read from a clone while the app reads the response itself. Undefined for an event
 * stream, because the clone would continue to read, at the app's cost, after the app stops reading. Also undefined for
 * a body that is already being read. Rejects if the body cannot be read or parsed, or is too long.
 */
function jsonBodyOf(response: Response): Promise<unknown> | undefined {
  try {
    const type = response.headers.get('content-type') ?? '';
    const isFree = !response.bodyUsed && response.body?.locked !== true;
    if (isFree && /[/+]json\b/i.test(type)) return parsedBody(response.clone());
  } catch {
    // A polyfill lacks a part of the standard.
  }
  warnOnce(
    `${UNREAD_RESPONSE}: return \`await response.json()\` from the function of withLlm; for a stream, read it there and record the usage with \`call.recordUsage(usage)\``,
  );
  return undefined;
}

async function parsedBody(copy: Response): Promise<unknown> {
  if (copy.body === null) return JSON.parse(await copy.text());
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of copy.body) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels only the copy.
    if (bytes > MAX_BODY_BYTES) throw new RangeError('the body is too long');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}

/** The error that a client library would have thrown. */
class HttpStatusError extends Error {
  override readonly name = 'HttpStatusError';

  constructor(readonly status: number) {
    super(`the response has the status ${status}`);
  }
}

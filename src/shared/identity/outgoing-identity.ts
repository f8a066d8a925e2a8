/** Writes the identity of the current session and task for the processes that this one calls. */
import { type Context, propagation, type TextMapSetter } from '@opentelemetry/api';
import { activeContext } from '../../otel.js';
import { recordAround } from '../../pipeline/record-around.js';
import { currentRuntime } from '../../runtime/current-runtime.js';
import type { Runtime } from '../../runtime/runtime.js';
import type { AttributionOptions } from '../../scope-options.js';
import { attributeOf } from '../../spans/attribution.js';
import type { SpanRecord } from '../../spans/span-record.js';
import { warnOnce } from '../../warnings.js';
import { addMembers, hasRoom, joinBaggage, splitBaggage } from './baggage-member.js';
import { readHeader, writeHeader } from './carriers.js';
import type { IdentityRules } from './identity-options.js';
import { SIGNATURE_CHARS, signed, verified } from './identity-signature.js';
import {
  type IdentityDraft,
  isSendable,
  knownKeys,
  longestText,
  readIdentityText,
  sendableReservations,
  sendableTaskIds,
  writeIdentityText,
} from './identity-text.js';
import type { InjectOptions } from './inject.js';
import { taskChain } from './task-chain.js';

/** The part of an identity that names this process and its calls. */
export interface OwnCalls {
  /** This process: 1 to 64 characters of A-Z a-z 0-9 - _ . */
  readonly writer: string;
  /** The number of the next call of a record's task to another process. Only asked for calls that are sent. */
  nextCall(record: SpanRecord): number;
  /** The ids of the open reservations in shared budgets around a record, from the nearest one outwards. */
  openReservations(record: SpanRecord): readonly string[];
}

export class OutgoingIdentity {
  /** Identities that were left out because they did not fit, or because the session id cannot be sent. */
  leftOut = 0;

  constructor(
    private readonly rules: IdentityRules,
    private readonly calls: OwnCalls,
  ) {}

  /** True if the identity was written. Never throws. */
  inject<Carrier>(carrier: Carrier, options: InjectOptions<Carrier>): boolean {
    try {
      const { to, setter } = options ?? {};
      if (to === undefined)
        warnOnce('inject needs the option "to": the URL or the name that the carrier goes to');
      return to !== undefined && this.rules.sendTo.has(to) && this.write(carrier, setter);
    } catch (error) {
      // The carrier or the setter is the app's: a frozen object, or a proxy.
      warnOnce('inject could not write the identity', error);
      return false;
    }
  }

  private write<Carrier>(carrier: Carrier, setter: TextMapSetter<Carrier> | undefined): boolean {
    const ctx = activeContext();
    const headers: Record<string, string> = {};
    propagation.inject(ctx, headers);
    const before = splitBaggage(setter === undefined ? readHeader(carrier, 'baggage') : undefined);
    const others = addMembers(splitBaggage(headers.baggage).others, before.others);
    delete headers.baggage;
    const write = (name: string, text: string) => {
      if (setter === undefined) writeHeader(carrier, name, text);
      else setter.set(carrier, name, text);
    };
    // First what may be there without an identity: the number of a call that is not sent would be waited for.
    for (const [name, text] of Object.entries(headers)) write(name, text);
    const value = this.valueFor(ctx, others);
    const baggage = joinBaggage(others, value);
    if (baggage !== '' || before.own.length > 0) write('baggage', baggage);
    return value !== undefined;
  }

  /**
   * The value of our member for a request that starts in a context, beside these members of others. Undefined if the work
   * there is in no task, or if the value does not fit.
   */
  valueFor(ctx: Context, others: readonly string[]): string | undefined {
    const runtime = currentRuntime();
    const record = recordAround(runtime, ctx);
    const draft = record && this.draftOf(runtime, record);
    if (record === undefined || draft === undefined) return undefined;
    const { key } = this.rules;
    const chars = longestText(draft) + (key === undefined ? 0 : SIGNATURE_CHARS);
    const { sessionId } = draft;
    // Without the session, the totals of the session would lack a cost that those of the task have.
    if (!hasRoom(others, chars) || (sessionId !== undefined && !isSendable(sessionId))) {
      this.leaveOutOf(record);
      warnOnce(
        'a request went out without the identity of its session and task: it does not fit into the baggage, or the session ' +
          'id is empty, longer than 256 characters or has control characters. The spending of the called process is ' +
          'missing in the totals here, which are incomplete',
      );
      return undefined;
    }
    const text = writeIdentityText(draft, this.calls.nextCall(record));
    return key === undefined ? text : signed(text, key);
  }

  /** Called for a request to a listed destination that goes out without the identity. */
  leaveOut(ctx: Context): void {
    const runtime = currentRuntime();
    const record = recordAround(runtime, ctx);
    if (record !== undefined && this.draftOf(runtime, record) !== undefined) this.leaveOutOf(record);
  }

  private leaveOutOf(record: SpanRecord): void {
    this.leftOut += 1;
    // A call that nobody can confirm: the totals here are incomplete.
    this.calls.nextCall(record);
  }

  /** True for a value that this process has written itself, in `inject`. */
  isOwn(value: string): boolean {
    const text = verified(value, this.rules.key);
    return text !== undefined && readIdentityText(text, [])?.call.writer === this.calls.writer;
  }

  private draftOf(runtime: Runtime, record: SpanRecord): IdentityDraft | undefined {
    const taskIds = sendableTaskIds(taskChain(record));
    if (taskIds.length === 0) return undefined;
    return {
      sessionId: record.sessions?.session.id,
      taskIds,
      attribution: attributionOf(runtime, record),
      writer: this.calls.writer,
      reservations: sendableReservations(this.calls.openReservations(record)),
      issuedAtSeconds: Math.floor(Date.now() / 1000),
    };
  }
}

function attributionOf(runtime: Runtime, { attribution }: SpanRecord): AttributionOptions | undefined {
  if (attribution === undefined) return undefined;
  const sent: Record<string, string> = {};
  for (const key of knownKeys(runtime.attributionKeys)) {
    const value = attribution[attributeOf(key)];
    if (isSendable(value)) sent[key] = value;
  }
  return Object.keys(sent).length === 0 ? undefined : sent;
}

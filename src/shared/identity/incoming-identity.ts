/** Reads the identity that another process sent, if the app trusts that process. */
import {
  type Context,
  propagation,
  ROOT_CONTEXT,
  type SpanContext,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api';
import { answered } from '../../callback.js';
import { type Caller, IS_CALLER } from '../../caller.js';
import { currentRuntime } from '../../runtime/current-runtime.js';
import { warnOnce } from '../../warnings.js';
import { splitBaggage, withoutMember } from './baggage-member.js';
import { headerText, readHeader } from './carriers.js';
import type { IdentityRules } from './identity-options.js';
import { verified } from './identity-signature.js';
import { type IdentityContent, knownKeys, readIdentityText } from './identity-text.js';
import type { ExtractOptions } from './inject.js';

/** How far the clock of the sender may be ahead, in ms. */
const CLOCK_SKEW_MILLIS = 300_000;

export class IncomingIdentity {
  /** Identities that were ignored: not accepted, not signed, malformed or too old. */
  ignored = 0;

  constructor(private readonly rules: IdentityRules) {}

  /** Undefined unless the carrier has one valid identity, of a sender that is accepted. Never throws. */
  extract<Carrier>(carrier: Carrier, options: ExtractOptions<Carrier>): Caller | undefined {
    const { accept, key } = this.rules;
    if (accept === undefined && key === undefined) return undefined;
    try {
      const read = (name: string) => headerOf(carrier, name, options.getter);
      const { own } = splitBaggage(read('baggage'));
      const [value] = own;
      if (value === undefined) return undefined;
      const content = own.length === 1 ? this.contentOf(value, options.from) : undefined;
      if (content === undefined) this.noteIgnored();
      return content && new IncomingCaller(content, spanContextOf(read));
    } catch {
      // The carrier or the getter: a proxy, or a property that throws.
      return undefined;
    }
  }

  private noteIgnored(): void {
    this.ignored += 1;
    warnOnce(
      'an identity that came with a request was ignored: it is not signed with the key here, not accepted, too old or damaged. ' +
        'The work is a task of its own, outside the session and the budgets of its caller',
    );
  }

  private contentOf(value: string, from: unknown): IdentityContent | undefined {
    const text = verified(value, this.rules.key);
    if (text === undefined || !this.isAccepted(from)) return undefined;
    const content = readIdentityText(text, knownKeys(currentRuntime().attributionKeys));
    if (content === undefined) return undefined;
    const ageMillis = Date.now() - content.issuedAtSeconds * 1000;
    return ageMillis <= this.rules.maxAgeMillis && ageMillis >= -CLOCK_SKEW_MILLIS ? content : undefined;
  }

  /** A promise is no answer: the identity is needed now. */
  private isAccepted(from: unknown): boolean {
    const { accept } = this.rules;
    if (accept === undefined) return true;
    try {
      const answer = answered(accept(from));
      if (typeof answer === 'object' && answer !== null)
        warnOnce('identity.accept must answer true or false at once, without a promise; nothing is accepted');
      return answer === true;
    } catch (error) {
      warnOnce('identity.accept threw; the identity is ignored', error);
      return false;
    }
  }
}

class IncomingCaller implements Caller {
  readonly sessionId: Caller['sessionId'];
  readonly taskIds: Caller['taskIds'];
  readonly attribution: Caller['attribution'];
  readonly call: Caller['call'];
  readonly reservations: Caller['reservations'];
  private readonly spanContext: SpanContext | undefined;

  constructor(content: IdentityContent, spanContext: SpanContext | undefined) {
    this.sessionId = content.sessionId;
    this.taskIds = content.taskIds;
    this.attribution = content.attribution;
    this.call = content.call;
    this.reservations = content.reservations;
    this.spanContext = spanContext;
  }

  get [IS_CALLER](): true {
    return true;
  }

  contextIn(ctx: Context): Context {
    const inside = withoutMember(ctx);
    if (this.spanContext === undefined || trace.getSpan(inside) !== undefined) return inside;
    return trace.setSpanContext(inside, this.spanContext);
  }
}

/** The caller's span, as far as the app's propagator knows it. It sees no baggage, which may be long. */
function spanContextOf(read: (name: string) => string | undefined): SpanContext | undefined {
  const getter: TextMapGetter<undefined> = {
    keys: () => [],
    get: (_, name) => (name === 'baggage' ? undefined : read(name)),
  };
  try {
    const spanContext = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, undefined, getter));
    return spanContext !== undefined && trace.isSpanContextValid(spanContext) ? spanContext : undefined;
  } catch {
    return undefined;
  }
}

function headerOf<Carrier>(
  carrier: Carrier,
  name: string,
  getter: TextMapGetter<Carrier> | undefined,
): string | undefined {
  return getter === undefined ? readHeader(carrier, name) : headerText(getter.get(carrier, name));
}

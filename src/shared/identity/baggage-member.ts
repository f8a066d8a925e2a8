/** The one member that the identity takes in W3C baggage, and the others around it. */
import { type Context, propagation } from '@opentelemetry/api';

/** The key of the member. */
const MEMBER_KEY = 'agent-cost';

/** W3C's limits for a whole list. Receivers may drop what is beyond. */
const MAX_BAGGAGE_BYTES = 8192;
const MAX_MEMBERS = 180;

export interface BaggageMembers {
  /** The values of our member. More than one shows that somebody has tampered with it, or forwards an old one. */
  readonly own: readonly string[];
  /** The members of others, as written. */
  readonly others: readonly string[];
}

export function splitBaggage(header: string | undefined): BaggageMembers {
  const own: string[] = [];
  const others: string[] = [];
  for (const part of header?.split(',') ?? []) {
    const member = part.trim();
    if (member === '') continue;
    if (keyOf(member) === MEMBER_KEY) own.push(valueIn(member));
    else others.push(member);
  }
  return { own, others };
}

/** Adds members whose keys are not in the list yet. */
export function addMembers(others: readonly string[], more: readonly string[]): readonly string[] {
  const keys = new Set(others.map(keyOf));
  return [...others, ...more.filter((member) => !keys.has(keyOf(member)))];
}

/** True if a value of that length fits beside the members of others. */
export function hasRoom(others: readonly string[], valueChars: number): boolean {
  const taken = Buffer.byteLength(others.join(','));
  const bytes = taken + (taken === 0 ? 0 : 1) + MEMBER_KEY.length + 1 + valueChars;
  return bytes <= MAX_BAGGAGE_BYTES && others.length < MAX_MEMBERS;
}

export function joinBaggage(others: readonly string[], value: string | undefined): string {
  return (value === undefined ? others : [...others, `${MEMBER_KEY}=${value}`]).join(',');
}

/** A context whose requests do not repeat the identity that came in with the baggage of another process. */
export function withoutMember(ctx: Context): Context {
  const baggage = propagation.getBaggage(ctx);
  if (baggage?.getEntry(MEMBER_KEY) === undefined) return ctx;
  return propagation.setBaggage(ctx, baggage.removeEntry(MEMBER_KEY));
}

/** Propagators decode keys. */
function keyOf(member: string): string {
  const key = member.slice(0, separatorIn(member, '=')).trim();
  if (!key.includes('%')) return key;
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** Without the properties of the member. */
function valueIn(member: string): string {
  const value = member.slice(separatorIn(member, '=') + 1);
  return value.slice(0, separatorIn(value, ';')).trim();
}

function separatorIn(text: string, separator: string): number {
  const at = text.indexOf(separator);
  return at < 0 ? text.length : at;
}

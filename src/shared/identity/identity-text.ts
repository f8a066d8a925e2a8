/** The identity as text: base64url of JSON with short keys, at most 4 kB. */
import type { AttributionOptions } from '../../scope-options.js';
import { ATTRIBUTION_KEYS } from '../../spans/attribution.js';
import { isRecord } from '../../validate.js';

/** The identity that one request or message carries. It has no amounts: baggage goes wherever the app's requests go. */
export interface IdentityContent {
  readonly sessionId: string | undefined;
  /** From the nearest task to the outermost. */
  readonly taskIds: readonly string[];
  readonly attribution: AttributionOptions | undefined;
  readonly call: { readonly writer: string; readonly number: number };
  readonly reservations: readonly string[];
  readonly issuedAtSeconds: number;
}

const VERSION = 1;
const MAX_VALUE_CHARS = 256;
const MAX_TASKS = 16;
const MAX_RESERVATIONS = 8;
/** W3C's limit for one member, less the key and a signature. Propagators leave out longer ones. */
const MAX_TEXT_CHARS = 4000;
/** The digits of a number below 2^53. */
const MAX_DIGITS = 16;

/** A span id, or an id that this package generated. */
const TASK_ID = /^(?!0{16})[0-9a-f]{16}$/;
const WRITER_OR_RESERVATION = /^[\w.-]{1,64}$/;
const BASE64URL = /^[\w-]+$/;
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** True for a session id or attribution value that may be sent. */
export function isSendable(value: unknown): value is string {
  return (
    typeof value === 'string' && value !== '' && value.length <= MAX_VALUE_CHARS && !UNPRINTABLE.test(value)
  );
}

/** The attribution keys that are sent and read: the built-in ones and those that the app declares. */
export function knownKeys(declared: readonly string[]): readonly string[] {
  return [...ATTRIBUTION_KEYS, ...declared];
}

/** The ids that may be sent: in their order, each once. Of too many, the outermost one and the nearest ones. */
export function sendableTaskIds(ids: readonly string[]): readonly string[] {
  const known = [...new Set(ids)].filter((id) => TASK_ID.test(id));
  const last = known.at(-1);
  return known.length > MAX_TASKS && last !== undefined ? [...known.slice(0, MAX_TASKS - 1), last] : known;
}

export function sendableReservations(ids: readonly string[]): readonly string[] {
  return ids.filter((id) => WRITER_OR_RESERVATION.test(id)).slice(0, MAX_RESERVATIONS);
}

/** Everything but the number of the call, which is only drawn if the identity is sent. */
export type IdentityDraft = Omit<IdentityContent, 'call'> & { readonly writer: string };

/** The longest text that the draft can become, in characters. Infinity if it can be no valid text. */
export function longestText(draft: IdentityDraft): number {
  const bytes = Buffer.byteLength(jsonOf(draft, 0)) + MAX_DIGITS - 1;
  const chars = Math.ceil((bytes * 4) / 3);
  return chars > MAX_TEXT_CHARS || !WRITER_OR_RESERVATION.test(draft.writer) ? Infinity : chars;
}

export function writeIdentityText(draft: IdentityDraft, callNumber: number): string {
  return Buffer.from(jsonOf(draft, callNumber)).toString('base64url');
}

function jsonOf(draft: IdentityDraft, callNumber: number): string {
  const { sessionId, taskIds, attribution, writer, reservations, issuedAtSeconds } = draft;
  return JSON.stringify({
    v: VERSION,
    s: sessionId,
    t: taskIds,
    a: attribution,
    c: [writer, callNumber],
    r: reservations.length === 0 ? undefined : reservations,
    i: issuedAtSeconds,
  });
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads what another process wrote. Undefined for anything that this package would not have written. Attribution keys
 * that are not in `attributionKeys` are left out. Never throws.
 */
export function readIdentityText(
  text: string,
  attributionKeys: readonly string[],
): IdentityContent | undefined {
  if (text.length > MAX_TEXT_CHARS || !BASE64URL.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(utf8.decode(Buffer.from(text, 'base64url')));
    return isRecord(value) && value.v === VERSION ? contentOf(value, attributionKeys) : undefined;
  } catch {
    return undefined;
  }
}

function contentOf(
  { s: sessionId, t, a, c, r, i: issuedAtSeconds }: Record<string, unknown>,
  attributionKeys: readonly string[],
): IdentityContent | undefined {
  const taskIds = listOf(t, TASK_ID, MAX_TASKS);
  const reservations = r === undefined ? [] : listOf(r, WRITER_OR_RESERVATION, MAX_RESERVATIONS);
  const call = callOf(c);
  if (taskIds === undefined || taskIds.length === 0 || reservations === undefined || call === undefined)
    return undefined;
  if (sessionId !== undefined && !isSendable(sessionId)) return undefined;
  if (!isCount(issuedAtSeconds)) return undefined;
  const attribution = attributionOf(a, attributionKeys);
  return { sessionId, taskIds, attribution, call, reservations, issuedAtSeconds };
}

function listOf(value: unknown, form: RegExp, most: number): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length > most) return undefined;
  const list = value.filter((entry): entry is string => typeof entry === 'string' && form.test(entry));
  return list.length === value.length && new Set(list).size === list.length ? list : undefined;
}

function callOf(value: unknown): IdentityContent['call'] | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [writer, number]: unknown[] = value;
  if (typeof writer !== 'string' || !WRITER_OR_RESERVATION.test(writer) || !isCount(number)) return undefined;
  return { writer, number };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function attributionOf(value: unknown, keys: readonly string[]): AttributionOptions | undefined {
  if (!isRecord(value)) return undefined;
  const read: Record<string, string> = {};
  for (const key of keys) {
    const given = value[key];
    if (isSendable(given)) read[key] = given;
  }
  return Object.keys(read).length === 0 ? undefined : read;
}

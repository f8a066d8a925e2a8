/** The signature behind an identity: `.` and base64url of HMAC-SHA256. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Signatures of other things made with the same secret are no signatures of an identity. */
const PURPOSE = 'otel-agent-cost identity 1\n';

/** The characters that signing adds. */
export const SIGNATURE_CHARS = 44;

export function signed(text: string, key: Uint8Array): string {
  return `${text}.${digest(text, key).toString('base64url')}`;
}

/** The text without its signature. With a key: undefined unless it is signed with it. */
export function verified(value: string, key: Uint8Array | undefined): string | undefined {
  const at = value.indexOf('.');
  const text = at < 0 ? value : value.slice(0, at);
  if (key === undefined) return text;
  const signature = Buffer.from(value.slice(text.length + 1), 'base64url');
  const expected = digest(text, key);
  return signature.byteLength === expected.byteLength && timingSafeEqual(signature, expected)
    ? text
    : undefined;
}

function digest(text: string, key: Uint8Array): Buffer {
  return createHmac('sha256', key).update(PURPOSE).update(text).digest();
}

/** Laws of the identity as text, and of reading whatever comes in. */
import { propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { splitBaggage } from '../../../src/shared/identity/baggage-member.js';
import type { Identity } from '../../../src/shared/identity/identity.js';
import { signed, verified } from '../../../src/shared/identity/identity-signature.js';
import {
  type IdentityDraft,
  isSendable,
  longestText,
  readIdentityText,
  sendableReservations,
  sendableTaskIds,
  writeIdentityText,
} from '../../../src/shared/identity/identity-text.js';
import { extract } from '../../../src/shared/identity/inject.js';
import { startProcessor, startTracing } from '../../support/tracing.js';
import { startIdentity } from './own-calls.js';

const KEYS = ['user', 'team', 'project', 'feature', 'customer', 'tenant'];
const KEY = new TextEncoder().encode('a secret of sixteen bytes or more');

const hex = fc.constantFrom(...'0123456789abcdef');
const taskId = fc
  .array(hex, { minLength: 16, maxLength: 16 })
  .map((digits) => digits.join(''))
  .filter((id) => id !== '0'.repeat(16));
const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter(isSendable);
const id = fc.stringMatching(/^[\w.-]{1,20}$/);

const drafts: fc.Arbitrary<IdentityDraft> = fc.record({
  sessionId: fc.option(name, { nil: undefined }),
  taskIds: fc.uniqueArray(taskId, { minLength: 1, maxLength: 16 }),
  attribution: fc.option(
    fc.dictionary(fc.constantFrom(...KEYS), name, { minKeys: 1, noNullPrototype: true }),
    { nil: undefined },
  ),
  writer: id,
  reservations: fc.uniqueArray(id, { maxLength: 8 }),
  issuedAtSeconds: fc.nat(),
});

/** Strings that look like an identity more often than chance would have it. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.stringMatching(/^[\w-]{0,200}(\.[\w-]{0,60})?$/),
  fc.json().map((json) => Buffer.from(json).toString('base64url')),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
  fc
    .record(
      {
        v: mostly(fc.constant(1)),
        s: mostly(name),
        t: mostly(fc.uniqueArray(taskId, { minLength: 1, maxLength: 20 })),
        a: mostly(fc.dictionary(fc.constantFrom(...KEYS, 'plan', '__proto__'), fc.string())),
        c: mostly(fc.tuple(id, fc.nat())),
        r: mostly(fc.array(id, { maxLength: 10 })),
        i: mostly(fc.constant(Math.floor(Date.now() / 1000))),
      },
      { requiredKeys: ['v', 't', 'c', 'i'] },
    )
    .map((content) => Buffer.from(JSON.stringify(content)).toString('base64url')),
);

function mostly<T>(valid: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: valid, weight: 9 }, { arbitrary: fc.jsonValue(), weight: 1 });
}

describe('the text of an identity', () => {
  it('is read as it was written, and is as long as announced', () => {
    fc.assert(
      fc.property(drafts, fc.nat({ max: Number.MAX_SAFE_INTEGER }), (draft, number) => {
        const text = writeIdentityText(draft, number);
        const { writer, ...content } = draft;
        expect(text).toMatch(/^[\w-]+$/);
        expect(text.length).toBeLessThanOrEqual(longestText(draft));
        expect(readIdentityText(text, KEYS)).toEqual({ ...content, call: { writer, number } });
      }),
    );
  });

  it('survives the propagator of the SDK', () => {
    startTracing();
    fc.assert(
      fc.property(drafts, (draft) => {
        const value = signed(writeIdentityText(draft, 1), KEY);
        const incoming = propagation.extract(ROOT_CONTEXT, { baggage: `k=v,agent-cost=${value}` });
        expect(propagation.getBaggage(incoming)?.getEntry('agent-cost')?.value).toBe(value);
        const outgoing: Record<string, string> = {};
        propagation.inject(incoming, outgoing);
        expect(splitBaggage(outgoing.baggage)).toEqual({ own: [value], others: ['k=v'] });
      }),
    );
  });

  it('has at most 16 tasks, each once and from the nearest to the outermost', () => {
    const ids = fc.array(fc.oneof(taskId, fc.string()), { maxLength: 40 });
    fc.assert(
      fc.property(ids, (given) => {
        const sent = sendableTaskIds(given);
        const known = [...new Set(given)].filter((each) => /^[0-9a-f]{16}$/.test(each) && !/^0+$/.test(each));
        expect(sent.length).toBe(Math.min(16, known.length));
        expect(sent[0]).toBe(known[0]);
        expect(sent.at(-1)).toBe(known.at(-1));
        expect(known.filter((each) => sent.includes(each))).toEqual(sent);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(id, fc.string())), (given) => {
        const sent = sendableReservations(given);
        expect(sent.length).toBeLessThanOrEqual(8);
        for (const each of sent) expect(each).toMatch(/^[\w.-]{1,64}$/);
      }),
    );
  });
});

describe('whatever comes in', () => {
  let identity: Identity;
  const read = (value: string, carrier: unknown = { baggage: `agent-cost=${value}` }) => extract(carrier);

  beforeEach(() => {
    startProcessor({ attributionKeys: ['tenant'] });
  });

  it('never throws, and what is read keeps to the bounds', () => {
    identity = startIdentity({ accept: () => true });
    let accepted = 0;
    fc.assert(
      fc.property(hostile, (value) => {
        const caller = read(value);
        if (caller === undefined) return;
        accepted += 1;
        const { sessionId, taskIds, attribution, call, reservations } = caller;
        if (sessionId !== undefined) expect(isSendable(sessionId)).toBe(true);
        expect(taskIds.length).toBeGreaterThan(0);
        expect(taskIds.length).toBeLessThanOrEqual(16);
        expect(sendableTaskIds(taskIds)).toEqual(taskIds);
        expect(sendableReservations(reservations)).toEqual(reservations);
        expect(Number.isSafeInteger(call.number) && call.number >= 0).toBe(true);
        expect(call.writer).toMatch(/^[\w.-]{1,64}$/);
        for (const [key, text] of Object.entries(attribution ?? {})) {
          expect(KEYS).toContain(key);
          expect(isSendable(text)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
    expect(accepted).toBeGreaterThan(0);
    expect(identity.ignored).toBeGreaterThan(0);
  });

  it('is never an identity without the right signature', () => {
    startIdentity({ key: KEY });
    fc.assert(
      fc.property(hostile, (value) => {
        expect(read(value)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
    const other = fc
      .uint8Array({ minLength: 16, maxLength: 40 })
      .filter((key) => !Buffer.from(key).equals(KEY));
    fc.assert(
      fc.property(drafts, other, (draft, key) => {
        const now = { ...draft, issuedAtSeconds: Math.floor(Date.now() / 1000) };
        const text = writeIdentityText(now, 1);
        expect(read(signed(text, KEY))).toBeDefined();
        expect(read(text)).toBeUndefined();
        expect(read(signed(text, key))).toBeUndefined();
      }),
    );
  });

  it('is never an identity once a character has changed', () => {
    const at = fc.nat();
    const character = fc.constantFrom(...'ABCXYZabcxyz0189-_.');
    fc.assert(
      fc.property(drafts, at, character, (draft, position, replacement) => {
        const text = writeIdentityText(draft, 1);
        const value = signed(text, KEY);
        const index = position % value.length;
        const changed = value.slice(0, index) + replacement + value.slice(index + 1);
        const result = verified(changed, KEY);
        // The last character of a signature has two bits that mean nothing. The text itself is never another one.
        expect(result === undefined || result === text).toBe(true);
        if (index < text.length && changed !== value) expect(result).toBeUndefined();
      }),
    );
  });

  it('never throws, whatever the carrier is', () => {
    startIdentity({ accept: () => true });
    const carriers = fc.oneof(
      fc.anything({ withMap: true, withNullPrototype: true, withTypedArray: true, withSparseArray: true }),
      fc.record({ baggage: fc.anything({ withTypedArray: true }), traceparent: fc.anything() }),
      fc.array(fc.tuple(fc.constantFrom('baggage', 'Baggage', 'traceparent'), fc.anything())),
    );
    fc.assert(
      fc.property(carriers, (carrier) => {
        expect(read('', carrier)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});

describe('a list of baggage members', () => {
  it('keeps the members of others, in their order', () => {
    const member = fc.stringMatching(/^[a-z]{1,5}=[\w;.%]{0,10}$/);
    fc.assert(
      fc.property(fc.array(member), fc.array(id), fc.nat(), (members, values, at) => {
        const position = at % (members.length + 1);
        const mine = values.map((value) => ` agent-cost = ${value} ;p=1`);
        const list = [...members.slice(0, position), ...mine, ...members.slice(position)].join(' , ');
        expect(splitBaggage(list)).toEqual({ own: values, others: members });
      }),
    );
  });
});

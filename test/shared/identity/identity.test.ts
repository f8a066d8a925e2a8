import { context, propagation, ROOT_CONTEXT, type TextMapGetter, trace } from '@opentelemetry/api';
import { describe, expect, it, vi } from 'vitest';
import { InvalidOptionError } from '../../../src/errors.js';
import { withAgent, withSession, withTask } from '../../../src/index.js';
import { extract, inject } from '../../../src/shared/identity/inject.js';
import { recordIn } from '../../../src/spans/record-lookup.js';
import { watchDiag } from '../../support/diag.js';
import { chat, inSpan, startProcessor, startTracing } from '../../support/tracing.js';
import { startIdentity } from './own-calls.js';

const KEY = 'a secret of sixteen bytes or more';
const to = 'queue:orders';
const both = { sendTo: [to], accept: () => true };

/** The headers of a message that is sent in a task. */
function sent(name = 't'): Record<string, string> {
  const headers: Record<string, string> = {};
  withTask(name, () => inject(headers, { to }));
  return headers;
}

/** The JSON inside a header. */
function contentOf(baggage: string | undefined): Record<string, unknown> {
  const text = /agent-cost=([\w-]+)/.exec(baggage ?? '')?.[1] ?? '';
  return JSON.parse(Buffer.from(text, 'base64url').toString());
}

function headerOf(content: object): { baggage: string } {
  return { baggage: `agent-cost=${Buffer.from(JSON.stringify(content)).toString('base64url')}` };
}

const TASK = 'aaaaaaaaaaaaaaa1';
const now = () => Math.floor(Date.now() / 1000);
const plain = (more: object = {}) => headerOf({ v: 1, t: [TASK], c: ['w', 1], i: now(), ...more });

describe('the identity', () => {
  it('names session, tasks, attribution, the call and its reservations', () => {
    startTracing({ cost: { attributionKeys: ['tenant'] } });
    startIdentity(both, ['r1', 'r2']);
    const headers: Record<string, string> = {};
    const ids: string[] = [];
    const attribution = { user: 'u 1', tenant: 'acmé' };
    withSession({ id: 's 1', attribution }, () =>
      withTask('outer', (outer) =>
        withTask('inner', (inner) => {
          ids.push(inner.id, outer.id);
          expect(inject(headers, { to })).toBe(true);
        }),
      ),
    );
    const caller = extract(headers);
    expect(caller).toMatchObject({
      sessionId: 's 1',
      taskIds: ids,
      attribution,
      call: { writer: 'writer-1', number: 1 },
      reservations: ['r1', 'r2'],
    });
    expect(headers.traceparent).toContain(ids[0]);
    expect(Object.keys(contentOf(headers.baggage)).sort()).toEqual(['a', 'c', 'i', 'r', 's', 't', 'v']);
  });

  it('travels without an SDK', () => {
    startProcessor();
    startIdentity(both);
    const headers = sent();
    expect(headers).not.toHaveProperty('traceparent');
    expect(extract(headers)?.taskIds).toHaveLength(1);
  });

  it('has the tasks of the caller behind those of this process', () => {
    startTracing();
    startIdentity(both);
    const headers: Record<string, string> = {};
    const caller = extract(plain({ t: [TASK, 'aaaaaaaaaaaaaaa2'] }));
    withTask('outer', (outer) => {
      const task = recordIn(context.active())?.task;
      if (task !== undefined) task.caller = caller;
      withTask('inner', (inner) => {
        inject(headers, { to });
        expect(extract(headers)?.taskIds).toEqual([inner.id, outer.id, TASK, 'aaaaaaaaaaaaaaa2']);
      });
    });
    expect.assertions(1);
  });

  it('is that of an implicit task once AI work has begun in it', () => {
    startTracing();
    startIdentity(both);
    const headers: Record<string, string> = {};
    inSpan('POST /', {}, (span) => {
      expect(inject(headers, { to })).toBe(false);
      chat(10, 10);
      expect(inject(headers, { to })).toBe(true);
      expect(extract(headers)?.taskIds).toEqual([span.spanContext().spanId]);
    });
    withAgent('a', () => expect(inject({}, { to })).toBe(true));
  });

  it('is not sent outside a task', () => {
    startTracing();
    startIdentity(both);
    const headers: Record<string, string> = {};
    expect(inject(headers, { to })).toBe(false);
    expect(headers).toEqual({});
  });

  it('keeps the 15 nearest of many tasks, and the outermost', () => {
    startTracing();
    startIdentity(both);
    const ids: string[] = [];
    const headers: Record<string, string> = {};
    const nest = (depth: number): void =>
      withTask('t', (task) => {
        ids.unshift(task.id);
        if (depth === 0) inject(headers, { to });
        else nest(depth - 1);
      });
    nest(19);
    expect(extract(headers)?.taskIds).toEqual([...ids.slice(0, 15), ids.at(-1)]);
  });
});

describe('inject', () => {
  it('does nothing before it is told where to send', () => {
    startTracing();
    expect(sent()).toEqual({});
    startIdentity({ accept: () => true });
    expect(sent()).toEqual({});
  });

  it.each([
    ['https://orders.internal', 'https://orders.internal/path?q=1', true],
    ['https://orders.internal', 'https://ORDERS.internal:443/', true],
    ['https://orders.internal', 'http://orders.internal/', false],
    ['https://orders.internal', 'https://orders.internal:8443/', false],
    ['https://orders.internal', 'https://orders.internal.evil.com/', false],
    ['https://orders.internal', 'https://orders.internal@evil.com/', false],
    ['https://orders.internal', 'https://evil.com/?https://orders.internal', false],
    ['https://orders.internal', 'https://x.orders.internal/', false],
    ['https://orders.internal', 'https://orders.internal./', false],
    ['orders.internal', 'https://orders.internal/', true],
    ['orders.internal', 'http://orders.internal/', true],
    ['orders.internal:8443', 'https://orders.internal:8443/', true],
    ['orders.internal:8443', 'https://orders.internal/', false],
    ['[::1]:80', 'http://[::1]/', true],
    ['127.0.0.1', 'http://127.1/', true],
    ['queue:orders', 'queue:orders', true],
    ['queue:orders', 'queue:orders2', false],
    ['queue:orders', 'QUEUE:orders', false],
    ['mcp:search', 'queue:search', false],
  ])('with %s in the list, sends to %s: %s', (entry, destination, expected) => {
    startTracing();
    startIdentity({ sendTo: [entry] });
    const headers: Record<string, string> = {};
    withTask('t', () => expect(inject(headers, { to: destination })).toBe(expected));
    expect('baggage' in headers).toBe(expected);
    expect('traceparent' in headers).toBe(expected);
  });

  it('takes a URL, and nothing that only looks like one', () => {
    startTracing();
    startIdentity({ sendTo: ['https://orders.internal'] });
    withTask('t', () => {
      expect(inject({}, { to: new URL('https://orders.internal/x') })).toBe(true);
      const fake = { origin: 'https://orders.internal', toString: () => 'https://orders.internal' };
      expect(inject({}, { to: fake as URL })).toBe(false);
      expect(inject({}, undefined as never)).toBe(false);
      expect(inject({}, {} as never)).toBe(false);
    });
  });

  it.each([
    ['sendTo', 'https://a'],
    ['sendTo[0]', ['https://a/path']],
    ['sendTo[1]', ['https://a', 'https://user:pw@a']],
    ['sendTo[0]', ['https://a?x']],
    ['sendTo[0]', ['*.internal']],
    ['sendTo[0]', ['https://*.internal']],
    ['sendTo[0]', ['ftp://a']],
    ['sendTo[0]', ['queue:']],
    ['sendTo[0]', ['quue:orders']],
    ['sendTo[0]', ['']],
    ['sendTo[0]', [undefined]],
    ['sendTo[0]', ['a:99999']],
    ['accept', true],
    ['key', 'short'],
    ['key', 1234567890],
    ['maxAgeMillis', 0],
    ['maxAgeMillis', Number.NaN],
    ['sendto', []],
  ])('refuses the option %s: %j', (path, value) => {
    const name = path.replace(/\[.*/, '');
    const construct = () => startIdentity({ [name]: value } as never);
    expect(construct).toThrow(InvalidOptionError);
    expect(construct).toThrow(`identity.${path}`);
  });

  it('never shows the secret', () => {
    expect(() => startIdentity({ key: 'short-secret' })).toThrow(/^(?!.*short-secret)/);
  });

  it('keeps the members of others, and replaces an older one of its own', () => {
    startTracing();
    startIdentity(both);
    const baggage = propagation.createBaggage({ shop: { value: 'a b' }, 'agent-cost': { value: 'old' } });
    const headers = { Baggage: 'k=v;p=1, agent-cost=older,agent%2Dcost=oldest, shop=other' };
    context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () =>
      withTask('t', () => inject(headers, { to })),
    );
    expect(headers.Baggage).toMatch(/^shop=a%20b,k=v;p=1,agent-cost=[\w-]+$/);
    expect(headers).not.toHaveProperty('baggage');
  });

  it('takes away an older one if there is nothing to send', () => {
    startTracing();
    startIdentity(both);
    const headers = { baggage: 'k=v,agent-cost=older' };
    expect(inject(headers, { to })).toBe(false);
    expect(headers.baggage).toBe('k=v');
  });

  it('leaves the identity out if it does not fit, and says so once', () => {
    startTracing();
    const warn = watchDiag();
    const identity = startIdentity(both);
    const headers = { baggage: `k=${'v'.repeat(8100)}` };
    const isSent = () => withTask('t', () => inject(headers, { to }));
    expect(isSent()).toBe(false);
    expect(headers.baggage).toHaveLength(8102);
    headers.baggage = Array.from({ length: 180 }, (_, at) => `k${at}=v`).join(',');
    expect(isSent()).toBe(false);
    headers.baggage = '';
    for (const id of ['s'.repeat(257), 's\n', 'a\ud800']) expect(withSession({ id }, isSent)).toBe(false);
    const attribution = {
      user: '\u{1f600}'.repeat(128),
      team: '\u{1f600}'.repeat(128),
      customer: 'é'.repeat(256),
    };
    withTask({ name: 't', attribution }, () => {
      withTask({ name: 't', attribution: { project: 'é'.repeat(256), feature: 'é'.repeat(256) } }, () =>
        expect(withSession({ id: 'é'.repeat(256) }, isSent)).toBe(false),
      );
    });
    expect(headers.baggage).toBe('');
    expect(identity.leftOut).toBe(6);
    const lines = warn.mock.calls.filter(([line]) => line.includes('without the identity'));
    expect(lines).toHaveLength(1);
  });

  it('never makes a list longer than 8,192 bytes', () => {
    startTracing();
    startIdentity({ ...both, key: KEY });
    for (let size = 7700; size < 8192; size += 1) {
      const headers = { baggage: `k=${'v'.repeat(size - 2)}` };
      const isSent = withTask('t', () => inject(headers, { to }));
      expect(headers.baggage.length).toBeLessThanOrEqual(8192);
      if (isSent) expect(extract(headers)).toBeDefined();
      else expect(headers.baggage).toHaveLength(size);
    }
  });

  const carriers: [string, () => object, (carrier: never) => unknown][] = [
    ['an object', () => ({}), (c: Record<string, string>) => c.baggage],
    ['an object without a prototype', () => Object.create(null), (c: Record<string, string>) => c.baggage],
    ['Headers', () => new Headers({ accept: '*/*' }), (c: Headers) => c.get('baggage')],
    ['a Map', () => new Map(), (c: Map<string, string>) => c.get('baggage')],
    ['pairs', () => [['Accept', '*/*']], (c: string[][]) => c.find(([name]) => name === 'baggage')?.[1]],
  ];
  it.each(carriers)('writes to %s, and extract reads it', (_, make, read) => {
    startTracing();
    startIdentity(both);
    const carrier = make();
    withTask('t', () => expect(inject(carrier, { to })).toBe(true));
    withTask('t', () => expect(inject(carrier, { to })).toBe(true));
    expect(read(carrier as never)).toMatch(/^agent-cost=[\w-]+$/);
    expect(extract(carrier)?.call.number).toBe(2);
  });

  it('writes and reads carriers of other forms with a setter and a getter', () => {
    startTracing();
    startIdentity(both);
    const message = { attributes: [] as { name: string; bytes: Buffer }[] };
    const setter = {
      set: (carrier: typeof message, name: string, value: string) =>
        void carrier.attributes.push({ name, bytes: Buffer.from(value) }),
    };
    const getter = {
      keys: () => [],
      get: (carrier: typeof message, name: string) =>
        carrier.attributes.find((attribute) => attribute.name === name)?.bytes.toString(),
    };
    withTask('t', () => expect(inject(message, { to, setter })).toBe(true));
    expect(extract(message, { getter })?.taskIds).toHaveLength(1);
  });

  it.each([
    ['frozen', Object.freeze({})],
    ['null', null],
    ['a string', 'text'],
    ['a revoked proxy', revoked()],
    ['a proxy that throws', throwing()],
  ])('returns false for a carrier that is %s', (_, carrier) => {
    startTracing();
    startIdentity(both);
    withTask('t', () => expect(inject(carrier, { to })).toBe(false));
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function throwing(): object {
  const fail = () => {
    throw new Error('no');
  };
  return new Proxy({}, { get: fail, has: fail, set: fail, getOwnPropertyDescriptor: fail });
}

describe('extract', () => {
  it('reads nothing before it is told whom to accept', () => {
    startTracing();
    expect(extract(plain())).toBeUndefined();
    startIdentity({ sendTo: [to] });
    expect(extract(plain())).toBeUndefined();
  });

  it('asks the app about the sender', () => {
    startTracing();
    const accept = vi.fn((peer: unknown) => peer === 'gateway');
    const identity = startIdentity({ accept });
    expect(extract(plain(), { from: 'gateway' })?.taskIds).toEqual([TASK]);
    expect(extract(plain(), { from: 'stranger' })).toBeUndefined();
    expect(extract(plain())).toBeUndefined();
    expect(extract({}, { from: 'gateway' })).toBeUndefined();
    expect(accept.mock.calls.map(([peer]) => peer)).toEqual(['gateway', 'stranger', undefined]);
    expect(identity.ignored).toBe(2);
  });

  it.each([
    ['a promise', () => Promise.resolve(true)],
    ['a rejection', () => Promise.reject(new Error('no'))],
    ['a true-like value', () => 1],
    [
      'a throw',
      () => {
        throw new Error('no');
      },
    ],
  ])('takes %s for no', (_, accept) => {
    startTracing();
    startIdentity({ accept: accept as never });
    expect(extract(plain())).toBeUndefined();
  });

  it('needs the signature where a key is set', () => {
    startTracing();
    startIdentity({ sendTo: [to], key: KEY });
    const { baggage = '' } = sent();
    expect(baggage).toMatch(/^agent-cost=[\w-]+\.[\w-]{43}$/);
    expect(extract({ baggage })).toBeDefined();
    const [text = '', signature = ''] = baggage.slice('agent-cost='.length).split('.');
    const forged = Buffer.from(
      Buffer.from(text, 'base64url').toString().replace('"v":1', '"v":1,"s":"s"'),
    ).toString('base64url');
    for (const value of [
      text,
      `${text}.`,
      `.${signature}`,
      `${text}.${signature.slice(0, 42)}`,
      `${text}.${signature}.${signature}`,
      `${forged}.${signature}`,
    ]) {
      expect(extract({ baggage: `agent-cost=${value}` }), value).toBeUndefined();
    }
    startIdentity({ key: `${KEY}!` });
    expect(extract({ baggage })).toBeUndefined();
    startIdentity({ key: new TextEncoder().encode(KEY), accept: () => false });
    expect(extract({ baggage })).toBeUndefined();
    startIdentity({ key: new TextEncoder().encode(KEY), accept: () => true });
    expect(extract({ baggage })).toBeDefined();
  });

  it('ignores identities that are too old, or from the future', () => {
    startTracing();
    startIdentity({ accept: () => true, maxAgeMillis: 60_000 });
    const read = (ageSeconds: number) => extract(plain({ i: now() - ageSeconds }));
    expect(read(50)).toBeDefined();
    expect(read(70)).toBeUndefined();
    expect(read(-290)).toBeDefined();
    expect(read(-310)).toBeUndefined();
    startIdentity({ accept: () => true });
    expect(read(86_000)).toBeDefined();
    expect(read(87_000)).toBeUndefined();
  });

  it.each<[string, object]>([
    ['no version', { v: undefined }],
    ['another version', { v: 2 }],
    ['no task', { t: [] }],
    ['tasks that are no list', { t: TASK }],
    ['17 tasks', { t: Array.from({ length: 17 }, (_, at) => `${TASK.slice(2)}${10 + at}`) }],
    ['a task twice', { t: [TASK, TASK] }],
    ['a task id of zeros', { t: ['0'.repeat(16)] }],
    ['a task id in upper case', { t: ['A'.repeat(16)] }],
    ['a short task id', { t: ['abc'] }],
    ['a number as a task id', { t: [1] }],
    ['an empty session id', { s: '' }],
    ['a long session id', { s: 's'.repeat(257) }],
    ['a session id with a control character', { s: 'a\u0000b' }],
    ['half of a surrogate pair', { s: 'a\ud800' }],
    ['a session id that is an object', { s: { toString: 1 } }],
    ['no call', { c: undefined }],
    ['a negative call', { c: ['w', -1] }],
    ['a call that is no whole number', { c: ['w', 1.5] }],
    ['a call beyond 2^53', { c: ['w', 2 ** 53] }],
    ['a call that is text', { c: ['w', '1'] }],
    ['a writer with a brace', { c: ['{budget}', 1] }],
    ['no time', { i: undefined }],
    ['a time that is no number', { i: 'now' }],
    ['nine reservations', { r: Array.from({ length: 9 }, (_, at) => `r${at}`) }],
    ['a reservation with a space', { r: ['a b'] }],
  ])('ignores an identity with %s', (_, more) => {
    startTracing();
    startIdentity({ accept: () => true });
    expect(extract(plain(more))).toBeUndefined();
  });

  it('leaves out attribution that is unknown, too long or unprintable', () => {
    startTracing({ cost: { attributionKeys: ['tenant'] } });
    startIdentity({ accept: () => true });
    const a = { user: 'u', team: 't'.repeat(257), tenant: 'x\n', plan: 'p', feature: 7, constructor: 'c' };
    expect(extract(plain({ a }))?.attribution).toEqual({ user: 'u' });
    expect(extract(plain({ a: { plan: 'p' } }))?.attribution).toBeUndefined();
    const polluting = Buffer.from(
      `{"v":1,"t":["${TASK}"],"c":["w",1],"i":${now()},"a":{"__proto__":{"user":"evil"}},"__proto__":{"s":"evil"}}`,
    ).toString('base64url');
    expect(extract({ baggage: `agent-cost=${polluting}` })).toMatchObject({
      sessionId: undefined,
      attribution: undefined,
    });
    expect({}).not.toHaveProperty('user');
  });

  it('ignores an identity that is there twice', () => {
    startTracing();
    startIdentity({ accept: () => true });
    const { baggage } = plain();
    expect(extract({ baggage: `${baggage},${baggage}` })).toBeUndefined();
    expect(extract({ baggage: [baggage, baggage] })).toBeUndefined();
    expect(extract({ baggage: `${baggage},agent%2Dcost=x` })).toBeUndefined();
  });

  it.each<[string, (baggage: string) => unknown]>([
    ['incoming headers of Node', (baggage) => ({ baggage: ['k=v', baggage] })],
    ['headers of Kafka', (baggage) => ({ baggage: Buffer.from(baggage) })],
    ['other members', (baggage) => ({ baggage: ` k=v , ${baggage} ; p=1 ,x` })],
    ['a short list before a long one', (baggage) => ({ baggage: `${baggage},k=${'v'.repeat(64_000)}` })],
  ])('reads %s', (_, make) => {
    startTracing();
    startIdentity({ accept: () => true });
    expect(extract(make(plain().baggage))?.taskIds).toEqual([TASK]);
  });

  it.each<[string, (baggage: string) => unknown]>([
    ['undefined', () => undefined],
    ['a number', () => 7],
    ['a revoked proxy', revoked],
    ['a proxy that throws', throwing],
    [
      'a getter that throws',
      () => ({
        get baggage() {
          throw new Error('no');
        },
      }),
    ],
    ['a number as a header', () => ({ baggage: 7 })],
    ['a prototype', (baggage) => Object.create({ baggage })],
    ['64 kB of commas', () => ({ baggage: ','.repeat(65_536) })],
    ['64 kB before it', (baggage) => ({ baggage: `k=${'v'.repeat(65_536)},${baggage}` })],
    ['64 kB of it', () => ({ baggage: `agent-cost=${'A'.repeat(65_536)}` })],
    ['a million values', (baggage) => ({ baggage: [...new Array(1_000_000).fill('k=v'), baggage] })],
    [
      'values before it',
      (baggage) => ({ baggage: [`k=${'v'.repeat(8000)}`, `l=${'v'.repeat(500)}`, baggage] }),
    ],
    ['a value that is cut', (baggage) => ({ baggage: `k=${'v'.repeat(8180 - 10)},${baggage}` })],
  ])('returns undefined for %s', (_, make) => {
    startTracing();
    startIdentity({ accept: () => true });
    const carrier = make(plain().baggage);
    const before = performance.now();
    expect(extract(carrier)).toBeUndefined();
    expect(performance.now() - before).toBeLessThan(100);
  });

  it('takes a getter that throws for no headers', () => {
    startIdentity({ accept: () => true });
    const getter: TextMapGetter = {
      keys: () => [],
      get: () => {
        throw new Error('no');
      },
    };
    expect(extract({}, { getter })).toBeUndefined();
  });
});

describe('the context of a caller', () => {
  const spanContext = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 };
  const traceparent = `00-${spanContext.traceId}-${spanContext.spanId}-01`;

  it('has the caller’s span, unless a span is there already', () => {
    startTracing();
    startIdentity({ accept: () => true });
    const caller = extract({ ...plain(), traceparent });
    expect(trace.getSpanContext(caller?.contextIn(ROOT_CONTEXT) ?? ROOT_CONTEXT)).toMatchObject(spanContext);
    inSpan('POST /', {}, (span) => {
      expect(trace.getSpan(caller?.contextIn(context.active()) ?? ROOT_CONTEXT)).toBe(span);
    });
    const untraced = extract({ ...plain(), traceparent: 'no' });
    expect(untraced?.contextIn(ROOT_CONTEXT)).toBe(ROOT_CONTEXT);
  });

  it('does not pass the identity on in its baggage', () => {
    startTracing();
    startIdentity({ accept: () => true });
    const { baggage } = plain();
    const incoming = propagation.extract(ROOT_CONTEXT, { baggage: `k=v,${baggage}` });
    const caller = extract({ baggage });
    const headers: Record<string, string> = {};
    propagation.inject(caller?.contextIn(incoming) ?? incoming, headers);
    expect(headers.baggage).toBe('k=v');
  });
});

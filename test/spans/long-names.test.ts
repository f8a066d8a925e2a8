import { expect, it } from 'vitest';
import {
  recordCost,
  withAgent,
  withLlm,
  withSession,
  withStep,
  withTask,
  withTool,
} from '../../src/index.js';
import { MAX_MESSAGE_CHARS, MAX_NAME_CHARS } from '../../src/short-text.js';
import { startTracing } from '../support/tracing.js';

const long = (name: string) => `${name}-${'😀'.repeat(2_500)}`;

it('names, ids and messages are cut on every span, and no surrogate pair is split', () => {
  const tracing = startTracing({ cost: { attributionKeys: ['tenant'] } });
  const response = {
    id: long('response'),
    model: long('model'),
    choices: [{ finish_reason: long('reason') }],
    usage: { prompt_tokens: 1, completion_tokens: 1 },
  };
  const attribution = { user: long('user'), tenant: long('tenant') };
  const failing = () => {
    throw Object.assign(new Error(long('error')), { code: long('code') });
  };
  withSession({ id: long('session'), attribution }, (session) =>
    withTask(long('task'), (task) => {
      withAgent(long('agent'), () =>
        withStep(long('step'), () => {
          withLlm(
            { model: long('model'), provider: long('provider'), operation: long('op') },
            () => response,
          );
          expect(() => withTool(long('tool'), failing)).toThrow();
          recordCost(0.5, { name: long('cost') });
          recordCost(Number.NaN, { name: long('cost') });
        }),
      );
      task.fail(long('why'));
      expect(session.id).toBe(long('session'));
    }),
  );

  const spans = tracing.spans();
  expect(spans.length).toBeGreaterThanOrEqual(7);
  for (const { name, attributes, status } of spans) {
    expect(name.length).toBeLessThanOrEqual(MAX_NAME_CHARS);
    expect(status.message?.length ?? 0).toBeLessThanOrEqual(MAX_MESSAGE_CHARS);
    for (const [key, value] of Object.entries(attributes)) {
      const limit = key === 'cost.anomaly' ? MAX_MESSAGE_CHARS : MAX_NAME_CHARS;
      for (const text of [name, value].flat()) {
        if (typeof text !== 'string') continue;
        expect(text.length, key).toBeLessThanOrEqual(limit);
        expect(Buffer.from(text).toString(), key).toBe(text);
      }
    }
  }
});

it('two long session ids that begin alike are two sessions, and handles give them whole', () => {
  startTracing();
  const [one, other] = ['1', '2'].map((end) => 'x'.repeat(5_000) + end);
  const spend = (id = '', usd = 0) =>
    withSession(id, (session) => {
      withTask('work', () => recordCost(usd));
      expect(session.id).toBe(id);
      return session.totals.costUsd;
    });
  expect([spend(one, 1), spend(other, 2), spend(one, 4)]).toEqual([1, 2, 5]);
});

it('the secrets of URLs in errors are on no span', () => {
  const tracing = startTracing();
  const url = 'https://user:s3cr3t@host/v1?key=s3cr3t';
  const message = `request to ${url} failed`;
  const failing = () => {
    throw new Error(message);
  };
  withTask('work', (task) => {
    expect(() => withTool('search', failing)).toThrow(message);
    withTool({ name: 'priced', costUsd: failing }, () => 1);
    task.fail(message);
  });
  const said = JSON.stringify(tracing.spans().map(({ status, attributes }) => ({ status, attributes })));
  expect(said).not.toContain('s3cr3t');
  expect(said).toContain('request to https://…@host/v1?… failed');
});

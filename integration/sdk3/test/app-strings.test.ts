/** Strings of the app on spans of SDK 3, whose class keeps its limits and cuts its values in other places than that of 2.x. */
import { withSession, withTask, withTool } from 'otel-agent-cost';
import { expect, it } from 'vitest';
import { type SpanProcessor, spansOf } from './sdk.js';

const TEXT = 'a name of the app that is longer than its limit';

function strings(options?: Parameters<typeof spansOf>[1]): unknown[] {
  const work = () =>
    withSession(TEXT, () => withTask(TEXT, () => withTool({ name: 'search', costUsd: 0.01 }, () => 1)));
  const values = spansOf(work, options)
    .flatMap(({ attributes }) => [attributes['session.id'], attributes['task.name']])
    .filter((value) => value !== undefined);
  // Of the session, the task and the tool.
  expect(values.length).toBeGreaterThanOrEqual(4);
  return [...new Set(values)];
}

it('stay whole without a limit', () => {
  expect(strings()).toEqual([TEXT]);
});

it('are cut by a limit on the length of values', () => {
  expect(strings({ spanLimits: { attributeValueLengthLimit: 10 } })).toEqual([TEXT.slice(0, 10)]);
});

it('are redacted by a setAttribute that the app has replaced', () => {
  const redacting: SpanProcessor = {
    onStart(span) {
      const { setAttribute } = span;
      span.setAttribute = (key, value) => setAttribute.call(span, key, value === TEXT ? 'redacted' : value);
    },
    onEnd() {},
    async forceFlush() {},
    async shutdown() {},
  };
  expect(strings({ before: [redacting] })).toEqual(['redacted']);
});

import { describe, expect, it } from 'vitest';
import { Responses } from '../../src/spans/responses.js';
import { noTokens, type TokenCounts, type Usage } from '../../src/usage/usage.js';
import { PACKAGE_NAME } from '../../src/version.js';

function usage(tokens: Partial<TokenCounts>, more: Partial<Usage> = {}): Usage {
  return { tokens: { ...noTokens(), ...tokens }, ...more };
}

describe('responses billed in one task', () => {
  it('takes the first record of a response whole', () => {
    const first = usage({ input: 100, output: 10 });
    expect(new Responses().take('id', first, 'otel')).toBe(first);
  });

  it('sees the same record by another instrumentation as a duplicate, by the same one as a replay', () => {
    const responses = new Responses();
    responses.take('id', usage({ input: 100, output: 10 }), 'otel');
    expect(responses.take('id', usage({ input: 100, output: 10 }), 'openinference')).toBe('duplicate');
    expect(responses.take('id', usage({ input: 100, output: 10 }), 'otel')).toBe('replay');
  });

  it('takes what a later record of the same call has more: the last one wins', () => {
    const responses = new Responses();
    responses.take('msg_1', usage({ input: 3, cacheRead: 1000, output: 1 }), 'claude-code');
    const rest = responses.take('msg_1', usage({ input: 3, cacheRead: 1000, output: 300 }), 'claude-code');
    expect(rest).toMatchObject({ tokens: { input: 0, cacheRead: 0, output: 299 } });
    expect(responses.take('msg_1', usage({ input: 3, cacheRead: 1000, output: 300 }), 'claude-code')).toBe(
      'replay',
    );
  });

  it('keeps calls apart that share an id but not their input: some gateways give every response one id', () => {
    const responses = new Responses();
    responses.take('chatcmpl-x', usage({ input: 100, output: 10 }), 'otel');
    const second = usage({ input: 250, output: 10 });
    expect(responses.take('chatcmpl-x', second, 'otel')).toBe(second);
  });

  it('keeps calls apart when a count falls, or when one instrumentation shows another cache split', () => {
    const responses = new Responses();
    responses.take('id', usage({ input: 100, output: 10 }), 'otel');
    const shorter = usage({ input: 100, output: 9 });
    expect(responses.take('id', shorter, 'otel')).toBe(shorter);
    const cached = usage({ input: 20, cacheRead: 80, output: 9 });
    expect(responses.take('id', cached, 'otel')).toBe(cached);
  });

  it('knows a call again when the second instrumentation splits the input otherwise', () => {
    const responses = new Responses();
    responses.take('id', usage({ input: 100, output: 10 }), 'drops the cache');
    expect(responses.take('id', usage({ input: 20, cacheRead: 80, output: 10 }), 'shows it')).toBe(
      'duplicate',
    );
  });

  it('never merges two calls that wrappers saw being made, only a span of the same call with a wrapper', () => {
    const responses = new Responses();
    const call = usage({ input: 100, output: 10 });
    responses.take('chatcmpl-1', call, PACKAGE_NAME);
    expect(responses.take('chatcmpl-1', call, PACKAGE_NAME)).toBe(call);
    expect(responses.take('chatcmpl-1', call, 'otel')).toBe('duplicate');
  });

  it('bills of a reported cost only what is new', () => {
    const responses = new Responses();
    responses.take('id', usage({ input: 1, output: 1 }, { reportedCostUsd: 0.01 }), 'a');
    expect(
      responses.take('id', usage({ input: 1, output: 5 }, { reportedCostUsd: 0.03 }), 'a'),
    ).toMatchObject({
      reportedCostUsd: 0.019999999999999997,
    });
  });

  it('remembers a limited number of ids, and forgets the oldest', () => {
    const responses = new Responses();
    const same = usage({ input: 1, output: 1 });
    for (let n = 0; n <= Responses.MAX_IDS; n += 1) responses.take(`id-${n}`, same, 'a');
    expect(responses.take('id-1', same, 'a')).toBe('replay');
    expect(responses.take('id-0', same, 'a')).toBe(same);
  });
});

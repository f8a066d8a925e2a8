import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Posting } from '../../src/ledger/account.js';
import { post, Scope, type SessionEntry } from '../../src/ledger/scope.js';
import { Session } from '../../src/ledger/sessions.js';
import type { CostKind } from '../../src/totals.js';
import { noTokens } from '../../src/usage/usage.js';

function bill(pico: number, more: Partial<Posting> = {}): Posting {
  return {
    kind: 'llm',
    pico,
    tokens: undefined,
    llmCalls: 1,
    toolCalls: 0,
    failedCalls: 0,
    retries: 0,
    unpricedCalls: 0,
    wastedPico: 0,
    savedPico: 0,
    ...more,
  };
}

function entry(id: string, outer?: SessionEntry): SessionEntry {
  return { session: new Session(id), outer, ended: false, stale: false };
}

const usd = (scope: Scope) => scope.account.totals().costUsd;
const wasted = (scope: Scope) => scope.account.totals().wastedCostUsd;

describe('a bill', () => {
  it('is booked in each scope around it and in each session, once', () => {
    const outer = entry('outer');
    const inner = entry('inner', outer);
    const task = new Scope('task', undefined, inner);
    const agent = new Scope('agent', task, inner);
    const step = new Scope('step', agent, inner);
    post(bill(1e12), step, inner);
    post(bill(2e12), agent, inner);
    expect([step, agent, task].map(usd)).toEqual([1, 3, 3]);
    expect([inner, outer].map(({ session }) => session.account.totals().costUsd)).toEqual([3, 3]);
  });

  it('without any scope is booked in the session alone, and without a session nowhere', () => {
    const session = entry('s');
    post(bill(1e12), undefined, session);
    post(bill(1e12), undefined, undefined);
    expect(session.session.account.totals().costUsd).toBe(1);
  });

  it.each<[CostKind, string]>([
    ['llm', 'llmCostUsd'],
    ['tool', 'toolCostUsd'],
    ['compute', 'computeCostUsd'],
    ['storage', 'otherCostUsd'],
    ['network', 'otherCostUsd'],
    ['other', 'otherCostUsd'],
  ])('of kind %s is in %s', (kind, part) => {
    const scope = new Scope('task', undefined, undefined);
    post(bill(1e12, { kind }), scope, undefined);
    expect(scope.account.totals()).toMatchObject({ costUsd: 1, [part]: 1 });
  });

  it('brings its tokens: input inclusive of cache, output inclusive of reasoning', () => {
    const scope = new Scope('task', undefined, undefined);
    const tokens = {
      ...noTokens(),
      input: 1,
      cacheRead: 2,
      cacheWrite: 4,
      cacheWrite1h: 8,
      output: 16,
      reasoning: 32,
    };
    post(bill(0, { tokens }), scope, undefined);
    expect(scope.account.totals()).toMatchObject({
      inputTokens: 15,
      outputTokens: 48,
      totalTokens: 63,
      cacheReadTokens: 2,
      cacheWriteTokens: 12,
      reasoningTokens: 32,
    });
  });

  it('makes ended scopes and sessions stale, and no others', () => {
    const session = entry('s');
    const task = new Scope('task', undefined, session);
    const agent = new Scope('agent', task, session);
    agent.ended = true;
    post(bill(1), agent, session);
    expect([agent.stale, task.stale, session.stale]).toEqual([true, false, false]);
    session.ended = true;
    post(bill(1), task, session);
    expect(session.stale).toBe(true);
  });

  it('keeps the parts equal to the total in any order of kinds and amounts', () => {
    const kind = fc.constantFrom<CostKind>('llm', 'tool', 'compute', 'storage', 'network', 'other');
    const posting = fc.tuple(kind, fc.integer({ min: 0, max: 1e15 }));
    fc.assert(
      fc.property(fc.array(posting), (postings) => {
        const { account } = new Scope('task', undefined, undefined);
        for (const [of, pico] of postings) account.add(bill(pico, { kind: of }), 0);
        const parts = [account.llm, account.tool, account.compute, account.other];
        const sum = parts.reduce((total, part) => total + part.toBigInt(), 0n);
        expect(account.total().toBigInt()).toBe(sum);
        expect(sum).toBe(postings.reduce((total, [, pico]) => total + BigInt(pico), 0n));
      }),
    );
  });
});

describe('waste', () => {
  it('of a failed task reaches every scope and session around, and a dollar is wasted once', () => {
    const session = entry('s');
    const outer = new Scope('task', undefined, session);
    const agent = new Scope('agent', outer, session);
    const inner = new Scope('task', agent, session);
    post(bill(1e12, { failedCalls: 1, wastedPico: 1e12 }), inner, session);
    post(bill(2e12), inner, session);
    inner.failWhole();
    inner.failWhole();
    expect([inner, agent, outer].map(wasted)).toEqual([3, 3, 3]);
    expect(session.session.account.totals().wastedCostUsd).toBe(3);
    outer.failWhole();
    expect(wasted(outer)).toBe(3);
  });

  it('is everything that is posted to a task after it failed', () => {
    const outer = new Scope('task', undefined, undefined);
    const inner = new Scope('task', outer, undefined);
    inner.failWhole();
    post(bill(1e12), inner, undefined);
    expect([inner, outer].map(wasted)).toEqual([1, 1]);
  });

  it('never exceeds the total, whichever task fails first', () => {
    const order = fc.shuffledSubarray([0, 1, 2], { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(order, fc.array(fc.nat(2), { maxLength: 10 }), (failing, posts) => {
        const session = entry('s');
        const a = new Scope('task', undefined, session);
        const b = new Scope('task', a, session);
        const c = new Scope('task', b, session);
        const scopes = [a, b, c];
        for (const index of failing) {
          for (const at of posts) post(bill(7), scopes[at], session);
          scopes[index]?.failWhole();
        }
        for (const { account } of [...scopes, session.session]) {
          expect(account.wasted.toBigInt()).toBe(account.total().toBigInt());
        }
      }),
    );
  });
});

describe('steps', () => {
  it('are direct LLM calls until the first is declared, and declared ones from then on', () => {
    const session = entry('s');
    const task = new Scope('task', undefined, session);
    const agent = new Scope('agent', task, session);
    agent.countDirectLlmCall();
    agent.countDirectLlmCall();
    expect(task.account.steps).toBe(2);
    expect([agent.countDeclaredStep(), agent.countDeclaredStep()]).toEqual([1, 2]);
    agent.countDirectLlmCall();
    expect([agent, task].map(({ account }) => account.steps)).toEqual([2, 2]);
    expect(session.session.account.steps).toBe(2);
  });

  it('are not the calls within a step', () => {
    const step = new Scope('step', undefined, undefined);
    step.countDirectLlmCall();
    expect(step.account.steps).toBe(0);
  });
});

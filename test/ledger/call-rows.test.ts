import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Account } from '../../src/ledger/account.js';
import { MAX_NAMES, OTHER_NAMES, rowPosting, UNKNOWN_NAME } from '../../src/ledger/call-rows.js';
import { MAX_POST_PICO, picoFromUsd } from '../../src/money.js';
import { MAX_NAME_CHARS } from '../../src/short-text.js';
import { Bill } from '../../src/spans/bill.js';
import type { CostKind } from '../../src/totals.js';

interface Post {
  kind: CostKind;
  name: string | undefined;
  pico: number;
}

const posts: fc.Arbitrary<Post[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('llm', 'tool', 'compute', 'storage', 'other'),
    name: fc.option(
      fc.oneof(
        fc.integer({ max: 50, min: 0 }).map((at) => `name ${at}`),
        fc.constantFrom('__proto__', 'constructor', OTHER_NAMES, UNKNOWN_NAME),
      ),
      { nil: undefined },
    ),
    pico: fc.oneof(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: MAX_POST_PICO })),
  }),
  { maxLength: 200 },
);

function billOf({ kind, name, pico }: Post): Bill {
  const bill = new Bill(kind, { pico });
  bill.subject = kind === 'llm' ? { model: name } : { toolName: name };
  if (kind === 'llm') bill.llmCalls = 1;
  if (kind === 'tool') bill.toolCalls = 1;
  return bill;
}

function accountOf(given: readonly Bill[]): Account {
  const account = new Account();
  for (const bill of given) account.add(bill, 0, rowPosting(bill));
  return account;
}

describe('the rows of an account by model and by tool', () => {
  it('add up to their part of the total, exactly, and are bounded', () => {
    fc.assert(
      fc.property(posts, (given) => {
        const bills = given.map(billOf);
        const account = accountOf(bills);
        const totals = account.totals();
        for (const [rows, kind, part] of [
          [totals.byModel, 'llm', account.llm],
          [totals.byTool, 'tool', account.tool],
        ] as const) {
          expect(Object.keys(rows).length).toBeLessThanOrEqual(MAX_NAMES + 1);
          const own = bills.filter((bill) => bill.kind === kind);
          expect(Object.values(rows).reduce((sum, { calls }) => sum + calls, 0)).toBe(own.length);
          for (const [name, { costUsd, calls }] of Object.entries(rows)) {
            if (name === OTHER_NAMES) continue;
            const named = own.filter(({ subject }) => {
              const called = kind === 'llm' ? subject?.model : subject?.toolName;
              return (called ?? UNKNOWN_NAME) === name;
            });
            expect(calls).toBe(named.length);
            expect(costUsd).toBe(accountOf(named).totals().costUsd);
          }
          const pico = own.reduce((sum, bill) => sum + BigInt(bill.pico ?? 0), 0n);
          expect(part.toBigInt()).toBe(pico);
        }
      }),
    );
  });

  it('are the same when an account is added to another one', () => {
    fc.assert(
      fc.property(posts, fc.nat(), (given, at) => {
        const bills = given.map(billOf);
        const cut = bills.length === 0 ? 0 : at % bills.length;
        const first = accountOf(bills.slice(0, cut));
        first.addAccount(accountOf(bills.slice(cut)));
        const whole = accountOf(bills).totals();
        // Which names come first decides which have rows of their own.
        const names = new Set(given.map(({ kind, name }) => `${kind} ${name}`));
        if (names.size <= MAX_NAMES) expect(first.totals()).toEqual(whole);
        expect(first.totals().costUsd).toBe(whole.costUsd);
      }),
    );
  });

  it('name a cost that the app recorded by its name, unless that is only its kind', () => {
    const named = new Bill('llm', { pico: picoFromUsd(1) });
    named.name = 'rerank';
    const plain = new Bill('tool', { pico: picoFromUsd(2) });
    plain.name = 'tool';
    const { byModel, byTool } = accountOf([named, plain]).totals();
    expect(Object.keys(byModel)).toEqual(['rerank']);
    expect(Object.keys(byTool)).toEqual([UNKNOWN_NAME]);
    expect(byTool[UNKNOWN_NAME]).toEqual({ costUsd: 2, calls: 0, unpricedCalls: 0 });
  });

  it('say how many calls have no known cost, until it is known', () => {
    const unpriced = billOf({ kind: 'llm', name: 'm', pico: 0 });
    unpriced.pico = undefined;
    unpriced.status = 'unpriced';
    const account = accountOf([unpriced]);
    expect(account.totals().byModel.m).toMatchObject({ costUsd: 0, calls: 1, unpricedCalls: 1 });
    const late = new Bill('llm', { pico: 5 });
    late.subject = { model: 'm' };
    late.settlesUnpriced = true;
    const settle = () => {
      account.add(late, 0, rowPosting(late));
      account.moveRow({ kind: 'llm', from: 'm', to: 'm' });
    };
    settle();
    expect(account.totals().byModel.m).toMatchObject({ costUsd: 5e-12, calls: 1, unpricedCalls: 0 });
    settle();
    expect(account.totals().byModel.m?.unpricedCalls).toBe(0);
  });

  it('count a call under the model that turns out to have answered', () => {
    const unpriced = billOf({ kind: 'llm', name: undefined, pico: 0 });
    unpriced.pico = undefined;
    unpriced.status = 'unpriced';
    const account = accountOf([unpriced, unpriced]);
    const move = { kind: 'llm', from: UNKNOWN_NAME, to: 'm' } as const;
    account.moveRow(move);
    const { byModel } = account.totals();
    expect(byModel[UNKNOWN_NAME]).toMatchObject({ calls: 1, unpricedCalls: 1 });
    expect(byModel.m).toMatchObject({ calls: 1, unpricedCalls: 0 });
    account.moveRow(move);
    account.moveRow(move);
    expect(account.totals().byModel).toEqual({ m: expect.objectContaining({ calls: 2, unpricedCalls: 0 }) });
  });

  it('have short names', () => {
    const long = 'x'.repeat(10_000);
    const { byModel } = accountOf([1, 2].map((pico) => billOf({ kind: 'llm', name: long, pico }))).totals();
    expect(Object.keys(byModel)).toEqual([long.slice(0, MAX_NAME_CHARS)]);
  });

  it('are no rows for a bill that only says that a call is missing', () => {
    const missing = new Bill('llm', { pico: undefined, status: 'unpriced' });
    expect(accountOf([missing]).totals().byModel).toEqual({});
  });
});

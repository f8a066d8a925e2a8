/** Money: reported bills beside tokens, and the cost of tools. A token costs one pico-dollar. */
import { describe, expect, it } from 'vitest';
import type { Statement } from '../../src/settlement/statement.js';
import { bill, call, dollars, fee, line, money, start, sum, total } from './support.js';

describe('money beside tokens', () => {
  it('the larger of a reported bill and the list prices below, in both orders', () => {
    for (const [reported, rest, late] of [
      [80, 0, 20],
      [120, 20, 0],
    ] as const) {
      const [outer, inner] = line('span', 'span');
      expect([money(inner, call(100)), money(outer, dollars(reported))]).toEqual([100, rest]);
      const [early, below] = line('span', 'span');
      expect([money(early, dollars(reported)), money(below, call(100))]).toEqual([reported, late]);
    }
  });

  it('tokens are counted once, and the reported bill is billed', () => {
    const [outer, inner] = line('span', 'span');
    expect(bill(outer, call(100, 0, { pico: 60 }))).toMatchObject({ input: 100, money: 60 });
    expect(bill(inner, call(100))).toMatchObject({ input: 0, calls: 0, money: 40 });
  });

  it('says how much the same tokens were billed below', () => {
    const sameOf = (says: Statement) => {
      const [outer, inner] = line('span', 'span');
      bill(inner, call(100, 5));
      return outer.settle(says).sameTokensPico;
    };
    expect([sameOf(call(100, 5)), sameOf(call(101, 5)), sameOf(call(100, 6))]).toEqual([
      105,
      undefined,
      undefined,
    ]);
    expect(start('span').settle(call(0)).sameTokensPico).toBeUndefined();
  });

  it('two reported bills: the larger', () => {
    const [outer, inner] = line('span', 'span');
    expect(money(outer, call(100, 0, { pico: 60 }))).toBe(60);
    expect(money(inner, call(100, 0, { pico: 80 }))).toBe(20);
    const [last, first] = line('span', 'span');
    expect([money(first, dollars(60)), money(last, dollars(80))]).toEqual([60, 20]);
  });

  it('a node that stated tokens pays for their share of a late bill', () => {
    const [outer, inner] = line('span', 'span');
    expect(money(outer, call(60, 20))).toBe(80);
    const late = { input: 0, output: 20, money: 10, flag: 'partial_statement' };
    expect(bill(inner, call(60, 40, { pico: 50 }))).toMatchObject(late);
  });

  it('a share of a bill is whole', () => {
    const [outer, inner] = line('span', 'span');
    expect([money(outer, call(1)), money(inner, call(3, 0, { pico: 10 }))]).toEqual([1, 7]);
  });

  it('a node around knows the part of a list price that a reported bill has not paid', () => {
    const [outer, middle, inner] = line('span', 'span', 'span');
    expect([money(middle, dollars(60)), money(inner, call(100))]).toEqual([60, 40]);
    expect(money(outer, dollars(130))).toBe(30);
  });

  it('a reported bill says how much its parts were billed, where that is more', () => {
    const [outer, inner] = line('span', 'span');
    expect(money(inner, call(100))).toBe(100);
    const { pico, overBilledPico } = outer.settle(dollars(80));
    expect([pico, overBilledPico]).toEqual([0, 100]);
    expect(start('span').settle(dollars(80)).overBilledPico).toBeUndefined();
  });

  it('a late bill without tokens is billed below a node that stated tokens', () => {
    const [outer, inner] = line('span', 'span');
    expect([money(outer, call(60)), money(inner, dollars(50))]).toEqual([60, 50]);
  });

  it('a reported bill of a call does not pay for work behind a tool, one of a sum does', () => {
    const [outer, , inner] = line('span', 'tool', 'span');
    expect([money(outer, dollars(500)), money(inner, call(100))]).toEqual([500, 100]);
    const [agent, , late] = line('scope', 'tool', 'span');
    expect([money(agent, sum(0, 0, { pico: 500 })), money(late, call(100))]).toEqual([500, 0]);
  });

  it('a reported bill of a call is not compared with work behind a tool, one of a sum is', () => {
    const [outer, , inner] = line('span', 'tool', 'span');
    expect([money(inner, call(100)), money(outer, dollars(150))]).toEqual([100, 150]);
    const [agent, , early] = line('scope', 'tool', 'span');
    expect([money(early, call(100)), money(agent, sum(0, 0, { pico: 150 }))]).toEqual([100, 50]);
  });

  it('the cost of a tool is not LLM money', () => {
    const [agent, search] = line('scope', 'tool');
    expect([fee(search, 40), money(agent, sum(0, 0, { pico: 100 }))]).toEqual([40, 100]);
  });

  it('money that is not for a call counts no call', () => {
    expect(bill(start('span'), call(0, 0, { pico: 5, calls: 0 }))).toMatchObject({ calls: 0, money: 5 });
  });
});

describe('the cost of a tool', () => {
  it('is on top of everything below', () => {
    const [tool, inner] = line('tool', 'span');
    expect([money(inner, call(30)), fee(tool, 100)]).toEqual([30, 100]);
  });

  it('with `costIncludesChildren` is compared with money of every kind below, in both orders', () => {
    const [tool, inner, chat] = line('tool', 'tool', 'span');
    expect([money(chat, call(30)), fee(inner, 20), total(tool, 100)]).toEqual([30, 20, 50]);
    const [early, other, late] = line('tool', 'tool', 'span');
    expect([total(early, 45), money(late, call(30)), fee(other, 20)]).toEqual([45, 0, 5]);
  });

  it('with `costIncludesChildren` pays for late work of every kind, and is named as the payer', () => {
    const [early, late] = line('tool', 'tool');
    expect(early.settleMoney(100, true)).toBe(100);
    expect([late.settleMoney(30, false), late.payer]).toEqual([0, 'cover']);
    const [cover, span] = line('tool', 'span');
    expect([total(cover, 45), fee(span, 20), span.payer]).toEqual([45, 0, 'cover']);
    const [around, inner] = line('span', 'tool');
    expect([total(around, 45), fee(inner, 20), inner.payer]).toEqual([45, 0, 'around']);
    const [tool, chat] = line('tool', 'span');
    expect([total(tool, 45), bill(chat, dollars(30))]).toMatchObject([45, { money: 0, elsewhere: 'cover' }]);
  });

  it('with `costIncludesChildren` counts tokens and calls of what it has paid for', () => {
    const [agent, tool, chat] = line('scope', 'tool', 'span');
    expect([total(tool, 100), money(chat, call(30))]).toEqual([100, 0]);
    expect(bill(agent, sum(50))).toMatchObject({ input: 20, calls: 0 });
  });

  it('with `costIncludesChildren` is not LLM money to an agent around, as far as its own part goes', () => {
    const [agent, tool, chat] = line('scope', 'tool', 'span');
    expect([money(chat, call(30)), total(tool, 100)]).toEqual([30, 70]);
    expect(money(agent, sum(0, 0, { pico: 50 }))).toBe(20);
  });

  it('with `costIncludesChildren` subtracts no LLM money when it has paid for a tool', () => {
    const [agent, tool, late] = line('scope', 'tool', 'tool');
    expect([total(tool, 45), fee(late, 60), money(agent, sum(0, 0, { pico: 10 }))]).toEqual([45, 15, 10]);
    const [chat, span, other] = line('span', 'span', 'tool');
    expect([total(span, 45), fee(other, 60), money(chat, dollars(10))]).toEqual([45, 15, 10]);
  });

  it('that is stated a second time is billed for the difference only', () => {
    const tool = start('tool');
    expect([total(tool, 40), total(tool, 60)]).toEqual([40, 20]);
  });
});

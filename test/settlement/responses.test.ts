/** A later record of a response makes its statement for the node of the first one. A token costs one pico-dollar. */
import { describe, expect, it } from 'vitest';
import { Responses } from '../../src/settlement/responses.js';
import type { Statement } from '../../src/settlement/statement.js';
import { bill, by, call, dollars, fee, line, money, start, sum } from './support.js';

describe('records of one response', () => {
  it('side by side are one call, with the richer counts', () => {
    const [agent, first] = line('scope', 'span');
    const [second, third] = [start('span', agent), start('span', agent)];
    const responses = new Responses();
    expect(bill(first, call(10, 2), by('x', 'r'), responses)).toMatchObject({ money: 12, calls: 1 });
    const richer = { money: 3, calls: 0, flag: 'partial_statement', elsewhere: 'record' };
    expect(bill(second, call(10, 5), by('y', 'r'), responses)).toMatchObject(richer);
    const poorer = { money: 0, calls: 0, flag: undefined, elsewhere: 'record' };
    expect(bill(third, call(10, 1), by('z', 'r'), responses)).toMatchObject(poorer);
    expect(bill(agent, sum(10, 5))).toMatchObject({ money: 0, calls: 0 });
  });

  it('are two calls where one recorder made both', () => {
    const responses = new Responses();
    const bills = ['x', 'x'].map((who) => money(start('span'), call(10), by(who, 'r'), responses));
    expect(bills).toEqual([10, 10]);
  });

  it('of one recorder that are alike may be one call: ambiguous, unless it saw the calls being made', () => {
    const twice = (first: Statement, second: Statement, isWitness = false) => {
      const responses = new Responses();
      const identity = { ...by('x', 'r'), isWitness };
      bill(start('span'), first, identity, responses);
      return bill(start('span'), second, identity, responses).flag;
    };
    expect(twice(call(10, 2), call(10, 2))).toBe('ambiguous_usage');
    expect(twice(call(10, 2), call(10, 5))).toBe('ambiguous_usage');
    expect(twice(call(10, 2), call(10, 1))).toBeUndefined();
    expect(twice(call(10, 2), call(11, 2))).toBeUndefined();
    expect(twice(call(10, 2), call(10, 2), true)).toBeUndefined();
  });

  it('of one node that makes a second statement are one record', () => {
    const responses = new Responses();
    const chat = start('span');
    expect(money(chat, call(10, 2), by('x', 'r'), responses)).toBe(12);
    expect(bill(chat, call(10, 5), by('x', 'r'), responses)).toMatchObject({ output: 3, calls: 0 });
    expect(bill(chat, call(10, 5), by('x', 'r'), responses).flag).toBeUndefined();
  });

  it('are two calls when a recorder makes a second one, even if the first was not billed', () => {
    const responses = new Responses();
    const bills = ['x', 'y', 'y'].map((who) => money(start('span'), call(10), by(who, 'r'), responses));
    expect(bills).toEqual([10, 0, 10]);
  });

  it('of two recorders whose inputs differ are not alike', () => {
    const responses = new Responses();
    bill(start('span'), call(10, 2), by('x', 'r'), responses);
    expect(bill(start('span'), call(11, 2), by('y', 'r'), responses).flag).toBeUndefined();
    bill(start('span'), call(10, 2), by('y', 's'), responses);
    expect(bill(start('span'), call(11, 2), by('z', 's'), responses).flag).toBeUndefined();
  });

  it('are two calls where their inputs differ', () => {
    const responses = new Responses();
    const bills = [10, 11].map((input) => money(start('span'), call(input), by(`x${input}`, 'r'), responses));
    expect(bills).toEqual([10, 11]);
  });

  it('are one call where one of them does not know the input', () => {
    for (const [first, second] of [
      [0, 10],
      [10, 0],
    ] as const) {
      const responses = new Responses();
      expect(money(start('span'), call(first, 5), by('x', 'r'), responses)).toBe(first + 5);
      expect(money(start('span'), call(second, 5), by('y', 'r'), responses)).toBe(second);
    }
  });

  it('one below the other are settled by the tree', () => {
    const [outer, inner] = line('span', 'span');
    const other = start('span', outer);
    const responses = new Responses();
    expect(money(inner, call(10, 5), by('x', 'r'), responses)).toBe(15);
    expect([money(other, call(0, 7)), money(outer, call(10, 20), by('y', 'r'), responses)]).toEqual([7, 8]);
  });

  it('include everything that came late below the first one', () => {
    const [agent, first] = line('scope', 'span');
    const responses = new Responses();
    expect(money(first, call(100), by('x', 'r'), responses)).toBe(100);
    expect([money(start('span', first), call(100)), money(start('span', first), call(0, 50))]).toEqual([
      0, 50,
    ]);
    expect(money(start('span', agent), call(100, 50), by('y', 'r'), responses)).toBe(0);
  });

  it('are paid for by the nodes above the first one', () => {
    const [payer, first] = line('span', 'span');
    const responses = new Responses();
    expect(money(payer, dollars(100))).toBe(100);
    expect(money(first, call(10, 2), by('x', 'r'), responses)).toBe(0);
    expect(money(start('span'), call(10, 5), by('y', 'r'), responses)).toBe(0);
  });

  it('are covered by the first one if it is of a wrapper around the later one', () => {
    for (const [kind, elsewhere] of [
      ['wrapper', 'cover'],
      ['span', 'record'],
    ] as const) {
      const [outer, , inner] = line(kind, 'span', 'span');
      const responses = new Responses();
      expect(money(outer, call(10), by('x', 'r'), responses)).toBe(10);
      expect(bill(inner, call(10), by('y', 'r'), responses).elsewhere).toBe(elsewhere);
      const beside = bill(start('span'), call(10), by('z', 'r'), responses);
      expect(beside.elsewhere).toBe('record');
    }
  });

  it('share their posted prices, so a reported bill of the same response is compared with both', () => {
    const responses = new Responses();
    expect(money(start('span'), call(10, 2), by('x', 'r'), responses)).toBe(12);
    expect(money(start('span'), call(10, 5), by('y', 'r'), responses)).toBe(3);
    expect(money(start('span'), call(10, 5, { pico: 20 }), by('z', 'r'), responses)).toBe(5);
  });

  it('are forgotten, the oldest first, beyond the limit of ids', () => {
    const responses = new Responses();
    for (let id = 0; id <= Responses.MAX_IDS; id++) {
      start('span').settle(call(10), by('x', `r${id}`), responses);
    }
    expect(money(start('span'), call(10), by('y', 'r1'), responses)).toBe(0);
    expect(money(start('span'), call(10), by('y', 'r0'), responses)).toBe(10);
  });
});

describe('nodes around only the later record', () => {
  it('know of it, and those around both know it once', () => {
    const [root, agent, first] = line('span', 'scope', 'span');
    const other = start('scope', root);
    const second = start('span', other);
    const responses = new Responses();
    expect([money(first, call(100), by('x', 'r'), responses), money(agent, sum(100))]).toEqual([100, 0]);
    expect([money(second, call(100), by('y', 'r'), responses), money(other, sum(100))]).toEqual([0, 0]);
    expect(bill(root, sum(150, 0, { calls: 2 }))).toMatchObject({ money: 50, calls: 1 });
  });

  it('know its output, its calls and its reported bill, too', () => {
    const root = start('span');
    const [first, other] = [start('span', root), start('scope', root)];
    const second = start('span', other);
    const responses = new Responses();
    const response = call(10, 20, { pico: 7 });
    expect(money(first, response, by('x', 'r'), responses)).toBe(7);
    expect(money(second, response, by('y', 'r'), responses)).toBe(0);
    const whole = { money: 2, output: 1, calls: 1 };
    expect(bill(other, sum(10, 21, { calls: 2, pico: 9 }))).toMatchObject(whole);
    expect(bill(root, sum(10, 21, { calls: 2, pico: 10 }))).toMatchObject({ money: 1, output: 0, calls: 0 });
  });

  it('do not count it as part of their call behind a tool', () => {
    const [root, outer, , second] = line('span', 'span', 'tool', 'span');
    const first = start('span', root);
    const responses = new Responses();
    expect(money(first, call(100), by('x', 'r'), responses)).toBe(100);
    expect(money(second, call(100), by('y', 'r'), responses)).toBe(0);
    expect(money(outer, call(80))).toBe(80);
  });

  it('behind a tool leave it out once when they pass on what they know', () => {
    const [root, chat, tool, second] = line('span', 'span', 'tool', 'span');
    const first = start('span', root);
    const responses = new Responses();
    expect(money(first, call(100), by('x', 'r'), responses)).toBe(100);
    expect(money(second, call(100), by('y', 'r'), responses)).toBe(0);
    fee(tool, 0);
    expect(money(start('span', chat), call(30))).toBe(30);
    expect(money(chat, call(50))).toBe(20);
    expect(money(root, sum(160))).toBe(10);
  });

  it('know it once where the earlier one is behind a tool below the later one', () => {
    const [root, outer, , inner] = line('scope', 'span', 'tool', 'span');
    const responses = new Responses();
    expect(money(inner, call(20, 1), by('x', 'r'), responses)).toBe(21);
    expect(money(outer, call(20, 2), by('y', 'r'), responses)).toBe(1);
    expect(bill(root, sum(21, 3))).toMatchObject({ input: 1, output: 1, calls: 0 });
  });

  it('pass on work that is open below the later record once', () => {
    const [root, second, tool, inner] = line('scope', 'span', 'tool', 'span');
    const responses = new Responses();
    expect(money(start('span'), call(10), by('x', 'r'), responses)).toBe(10);
    expect([money(inner, call(50)), money(second, call(10), by('y', 'r'), responses)]).toEqual([50, 0]);
    fee(tool, 0);
    expect(money(root, sum(100))).toBe(40);
  });

  it('that was billed before it turned out to be a repetition is ambiguous', () => {
    const [root, outer, agent, second] = line('span', 'scope', 'scope', 'span');
    const first = start('span', root);
    const responses = new Responses();
    expect([money(first, call(100), by('x', 'r'), responses), money(agent, sum(100))]).toEqual([100, 100]);
    const twice = { money: 3, flag: 'ambiguous_usage', elsewhere: 'record' };
    expect(bill(second, call(100, 3), by('y', 'r'), responses)).toMatchObject(twice);
    expect(bill(outer, sum(150, 3))).toMatchObject({ money: 50, flag: 'partial_statement' });
  });

  it('that was billed for its output alone is ambiguous, too; one that was billed for nothing is not', () => {
    const [agent, second] = line('scope', 'span');
    const responses = new Responses();
    expect(money(start('span'), call(0, 9), by('x', 'r'), responses)).toBe(9);
    expect(money(agent, sum(0, 9))).toBe(9);
    expect(bill(second, call(0, 9), by('y', 'r'), responses).flag).toBe('ambiguous_usage');
    const [other, inner] = line('scope', 'span');
    const third = start('span', other);
    expect([money(inner, call(0, 7)), money(other, sum(0, 7))]).toEqual([7, 0]);
    expect(bill(third, call(0, 9), by('z', 'r'), responses).flag).toBeUndefined();
  });
});

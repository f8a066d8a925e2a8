/** An open `withLlm` collects the bills of spans inside. Collecting changes where an amount is billed, and never how much. */
import { describe, expect, it } from 'vitest';
import { Responses } from '../../src/settlement/responses.js';
import { bill, by, call, dollars, fee, HELD, line, money, start, sum, UNKNOWN } from './support.js';

describe('a withLlm around a run', () => {
  it.each([
    [30, 0, undefined],
    [20, 0, undefined],
    [50, 20, 'partial_statement'],
  ])('the agent bills its calls, and a response of %d is compared with them', (said, rest, flag) => {
    const [wrapper, agent, first] = line('wrapper', 'scope', 'span');
    const second = start('span', agent);
    expect([money(first, call(10)), money(second, call(20))]).toEqual([10, 20]);
    agent.close();
    expect(bill(wrapper, call(said))).toMatchObject({ money: rest, calls: 0, flag });
  });

  it('a reported bill is compared with the amount billed inside', () => {
    const [wrapper, , chat] = line('wrapper', 'scope', 'span');
    expect([money(chat, call(10)), money(wrapper, call(10, 0, { pico: 25 }))]).toEqual([10, 15]);
  });
});

describe('a withLlm collects', () => {
  it('from spans inside it, at any depth, but nothing from beyond a scope, a tool or another wrapper', () => {
    const [wrapper, chat, inner] = line('wrapper', 'span', 'span');
    expect([chat.collector(), inner.collector()]).toEqual([wrapper, wrapper]);
    for (const border of ['scope', 'tool'] as const) {
      const [, between, beyond] = line('wrapper', border, 'span');
      expect([between.collector(), beyond.collector()]).toEqual([undefined, undefined]);
      expect(money(beyond, call(100))).toBe(100);
    }
    const [, nearer, nearest] = line('wrapper', 'wrapper', 'span');
    expect([nearer.collector(), nearest.collector()]).toEqual([undefined, nearer]);
  });

  it('tokens and calls that count at once; it bills the rest of its own response', () => {
    for (const [said, rest] of [
      [50, 0],
      [100, 0],
      [120, 20],
    ] as const) {
      const [wrapper, outer, inner] = line('wrapper', 'span', 'span');
      expect(bill(inner, call(100))).toMatchObject({ input: 100, calls: 1, money: HELD });
      expect(bill(outer, call(100))).toMatchObject({ input: 0, calls: 0, money: HELD });
      expect(bill(wrapper, call(said))).toMatchObject({ input: rest, calls: 0, money: rest });
    }
  });

  it('and a late call inside an ended span is paid by that span', () => {
    const [wrapper, outer, inner] = line('wrapper', 'span', 'span');
    const before = bill(outer, dollars(60));
    expect(before.money).toBe(HELD);
    inner.settle(call(100));
    expect(inner.reportPrice(100, wrapper)).toBe(40);
    expect(wrapper.moneyBelow).toBe(100);
    expect(bill(wrapper, dollars(130))).toMatchObject({ money: 70 });
  });

  it('the rest of a response that was billed outside', () => {
    const [task, first] = line('scope', 'span');
    const wrapper = start('wrapper', task);
    const second = start('span', wrapper);
    const responses = new Responses();
    expect(money(first, call(10, 2), by('x', 'r'), responses)).toBe(12);
    expect(money(second, call(10, 5), by('y', 'r'), responses)).toBe(HELD);
    expect([task.moneyBelow, wrapper.moneyBelow]).toEqual([12, 3]);
    wrapper.close();
    expect([wrapper.reportPrice(3), task.moneyBelow]).toEqual([3, 15]);
  });

  it('list prices that its reported bill replaces', () => {
    const [task, wrapper, inner] = line('scope', 'wrapper', 'span');
    bill(inner, call(100));
    expect(bill(wrapper, call(100, 0, { pico: 60 }))).toMatchObject({ input: 0, money: 60 });
    expect(task.moneyBelow).toBe(60);
  });

  it('reported bills that its own reported bill is compared with', () => {
    const [wrapper, inner] = line('wrapper', 'span');
    bill(inner, dollars(50));
    expect(bill(wrapper, dollars(60))).toMatchObject({ money: 10, flag: 'partial_statement' });
  });

  it('a call of unknown usage, which a later one resolves', () => {
    const [wrapper, outer, inner] = line('wrapper', 'span', 'span');
    expect(bill(outer, UNKNOWN)).toMatchObject({ calls: 1, money: HELD });
    expect(bill(inner, call(70))).toMatchObject({ calls: 0, money: HELD, resolves: 1 });
    expect(bill(wrapper, call(70))).toMatchObject({ calls: 0, money: 0 });
  });

  it('no cost of a tool or a fee', () => {
    const [wrapper, span] = line('wrapper', 'span');
    expect([fee(span, 40), money(wrapper, call(100))]).toEqual([40, 100]);
  });
});

describe('money that a withLlm holds', () => {
  it('is billed by it at its end; nodes around know it from then on', () => {
    const [task, wrapper, inner] = line('scope', 'wrapper', 'span');
    inner.settle(call(100));
    expect(inner.reportPrice(100, wrapper)).toBe(100);
    expect([task.moneyBelow, wrapper.moneyBelow]).toEqual([0, 100]);
    wrapper.close();
    expect(wrapper.reportPrice(100)).toBe(100);
    expect(task.moneyBelow).toBe(100);
    expect(money(task, sum(0, 0, { pico: 130 }))).toBe(30);
  });

  it('is billed when its task ends, and its reported bill is compared with that', () => {
    const [task, wrapper, inner] = line('scope', 'wrapper', 'span');
    bill(inner, call(100));
    wrapper.releaseHeld();
    expect(wrapper.reportPrice(100)).toBe(100);
    expect(money(task, sum(100))).toBe(0);
    expect(bill(wrapper, call(120, 0, { pico: 130 }))).toMatchObject({ input: 20, money: 30, calls: 0 });
  });

  it('that was released once is released once', () => {
    const [task, wrapper, inner] = line('scope', 'wrapper', 'span');
    bill(inner, call(100));
    wrapper.releaseHeld();
    wrapper.releaseHeld();
    wrapper.reportPrice(100);
    wrapper.close();
    expect(task.moneyBelow).toBe(100);
  });

  it('is not known to an agent that ends around the open wrapper', () => {
    const [root, agent, wrapper, inner] = line('scope', 'scope', 'wrapper', 'span');
    bill(inner, call(100));
    expect(money(agent, sum(100))).toBe(0);
    wrapper.close();
    wrapper.reportPrice(100);
    expect(root.moneyBelow).toBe(100);
  });

  it('is known once where a span inside is still open at the end of the wrapper', () => {
    const [task, wrapper, open, inner] = line('scope', 'wrapper', 'span', 'span');
    bill(inner, call(100));
    wrapper.close();
    wrapper.reportPrice(100);
    open.close();
    expect(task.moneyBelow).toBe(100);
    expect(money(task, sum(0, 0, { pico: 150 }))).toBe(50);
  });

  it('is paid by a node around that stated dollars', () => {
    const [agent, wrapper, inner] = line('scope', 'wrapper', 'span');
    expect(money(agent, sum(0, 0, { pico: 80 }))).toBe(80);
    bill(inner, call(100));
    expect(money(wrapper, call(100))).toBe(0);
    expect(wrapper.reportPrice(100)).toBe(20);
  });

  it('behind a tool is not money of the call around that tool', () => {
    const [chat, , wrapper, inner] = line('span', 'tool', 'wrapper', 'span');
    bill(inner, call(100));
    wrapper.close();
    wrapper.reportPrice(100);
    expect(money(chat, dollars(70))).toBe(70);
  });
});

describe('a withLlm that has ended', () => {
  it('is a call like any other: the wrapper around collects', () => {
    const [outer, wrapper, inner] = line('wrapper', 'wrapper', 'span');
    const beyond = start('span', inner);
    expect(money(wrapper, call(100))).toBe(100);
    expect(inner.collector()).toBe(outer);
    expect(bill(inner, call(100))).toMatchObject({ input: 0, money: HELD, elsewhere: 'cover' });
    expect(bill(beyond, call(130))).toMatchObject({ input: 30, money: HELD, elsewhere: 'around' });
    expect(bill(outer, call(130))).toMatchObject({ input: 0, money: 0 });
  });

  it('bills a late statement above everything it knows', () => {
    const [wrapper, open, inner] = line('wrapper', 'span', 'span');
    expect([money(wrapper, call(100)), money(inner, call(60)), money(wrapper, call(120))]).toEqual([
      100, 0, 20,
    ]);
    expect(money(open, call(130))).toBe(10);
  });

  it('bills the reported price that comes late above the list price that was posted', () => {
    const wrapper = start('wrapper');
    expect([money(wrapper, call(100)), money(wrapper, call(100, 0, { pico: 130 }))]).toEqual([100, 30]);
  });

  it('inside another bills its own call, and the outer one is compared with it', () => {
    const [outer, inner] = line('wrapper', 'wrapper');
    expect([money(inner, call(100)), bill(outer, call(120))]).toMatchObject([
      100,
      { money: 20, calls: 0, flag: 'partial_statement', elsewhere: 'below' },
    ]);
    const [early, late] = line('wrapper', 'wrapper');
    expect([money(early, call(120)), bill(late, call(100))]).toMatchObject([
      120,
      { money: 0, elsewhere: 'cover' },
    ]);
  });
});

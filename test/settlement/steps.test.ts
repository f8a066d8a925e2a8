/** The steps of a sum are records of their responses. A token costs one pico-dollar. */
import { describe, expect, it } from 'vitest';
import { Responses } from '../../src/settlement/responses.js';
import { bill, by, call, fee, line, money, start, sum } from './support.js';

describe('the steps of a sum', () => {
  it('are the records of their responses, in both orders', () => {
    for (const isSumFirst of [true, false]) {
      const agent = start('scope');
      const [aggregate, first, second] = [start('span', agent), start('span', agent), start('tool', agent)];
      const behind = start('span', second);
      const responses = new Responses();
      const ofSum = () => money(aggregate, sum(30, 0, { calls: 2 }), by('ours', 'r', 's'), responses);
      const ofSteps = () => [
        money(first, call(10), by('x', 'r'), responses),
        money(behind, call(20), by('x', 's'), responses),
      ];
      if (isSumFirst) expect([ofSum(), ...ofSteps()]).toEqual([30, 0, 0]);
      else expect([...ofSteps(), ofSum()]).toEqual([10, 20, 0]);
      expect(bill(agent, sum(35, 0, { calls: 3 }))).toMatchObject({ money: 5, calls: 1 });
    }
  });

  it('may each have several records, of which the richest counts', () => {
    const agent = start('scope');
    const [aggregate, x, y, z, w] = [1, 2, 3, 4, 5].map(() => start('span', agent));
    if (!aggregate || !x || !y || !z || !w) throw new Error('five nodes');
    const responses = new Responses();
    expect(money(aggregate, sum(30), by('ours', 'r', 's'), responses)).toBe(30);
    expect(money(x, call(10), by('x', 'r'), responses)).toBe(0);
    expect(money(y, call(10), by('y', 'r'), responses)).toBe(0);
    expect(money(z, call(10, 30), by('z', 'r'), responses)).toBe(30);
    expect(money(w, call(11), by('w', 'r'), responses)).toBe(11);
    expect(money(agent, sum(100))).toBe(59);
  });

  it('are compared with it one by one, and none of them stays open', () => {
    const root = start('scope');
    const [aggregate, first, second] = [start('span', root), start('span', root), start('span', root)];
    const responses = new Responses();
    expect(money(aggregate, sum(30), by('ours', 'r', 's'), responses)).toBe(30);
    expect(money(first, call(10, 5), by('x', 'r'), responses)).toBe(5);
    expect(money(second, call(20, 5), by('x', 's'), responses)).toBe(5);
    expect(root.hasOpenBelow).toBe(false);
  });

  it('with a record of its own is known to a second sum', () => {
    const responses = new Responses();
    expect(money(start('span'), sum(30), by('ours', 'r', 's'), responses)).toBe(30);
    expect(money(start('span'), call(10), by('x', 'r'), responses)).toBe(0);
    expect(money(start('span'), sum(30), by('theirs', 'r', 't'), responses)).toBe(20);
  });

  it('that were billed elsewhere, with the work below them, are compared with the sum once', () => {
    const [root, first] = line('span', 'span');
    const aggregate = start('span', root);
    const responses = new Responses();
    expect(money(start('span', first), call(4, 1))).toBe(5);
    expect(money(first, call(10, 2), by('x', 'r'), responses)).toBe(7);
    const rest = { input: 20, output: 3, calls: 1, money: 23 };
    expect(bill(aggregate, sum(30, 5, { calls: 2 }), by('ours', 'r', 's'), responses)).toMatchObject(rest);
    expect(bill(root, sum(31, 5, { calls: 2 }))).toMatchObject({ money: 1, calls: 0 });
  });

  it('whose list prices and reported bills were posted elsewhere are compared with the sum’s reported bill', () => {
    const responses = new Responses();
    expect(money(start('span'), call(10), by('x', 'r'), responses)).toBe(10);
    expect(money(start('span'), call(10, 0, { pico: 15 }), by('x', 's'), responses)).toBe(15);
    const reported = sum(20, 0, { calls: 2, pico: 40 });
    expect(money(start('span'), reported, by('ours', 'r', 's'), responses)).toBe(15);
  });

  it('with money below them, too', () => {
    const first = start('span');
    const responses = new Responses();
    expect([money(start('span', first), call(5)), money(first, call(12), by('x', 'r'), responses)]).toEqual([
      5, 7,
    ]);
    expect(money(start('span'), sum(30, 0, { pico: 20 }), by('ours', 'r', 's'), responses)).toBe(8);
  });

  it('that a wrapper has collected and posted count once', () => {
    const [wrapper, inner] = line('wrapper', 'span');
    const responses = new Responses();
    bill(inner, call(10));
    expect(money(wrapper, call(10), by('x', 'r'), responses)).toBe(0);
    expect(wrapper.reportPrice(10)).toBe(10);
    expect(money(start('span'), sum(20, 0, { pico: 15 }), by('ours', 'r', 's'), responses)).toBe(5);
  });

  it('are not looked up if the sum has calls below: the tree shows how much is left', () => {
    const [agent, tool, inner] = line('scope', 'tool', 'span');
    const responses = new Responses();
    expect(money(start('span'), call(10), by('x', 'r'), responses)).toBe(10);
    expect([money(inner, call(5)), fee(tool, 0)]).toEqual([5, 0]);
    expect(money(agent, sum(20), by('ours', 'r'), responses)).toBe(15);
  });

  it('named by two sums are not calls of their own', () => {
    const responses = new Responses();
    expect(money(start('span'), sum(30), by('ours', 'r'), responses)).toBe(30);
    expect(money(start('span'), sum(30), by('theirs', 'r'), responses)).toBe(30);
  });
});

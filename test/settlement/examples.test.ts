/** One example for each part of the rule that decides who bills. A token costs one pico-dollar. */
import { describe, expect, it } from 'vitest';
import { bill, call, dollars, fee, line, money, start, sum, UNKNOWN } from './support.js';

describe('work behind a tool', () => {
  it('is not part of the call around the tool, whichever ends first', () => {
    const [chat, , inner] = line('span', 'tool', 'span');
    expect([money(inner, call(500)), money(chat, call(1000))]).toEqual([500, 1000]);
    const [early, , late] = line('span', 'tool', 'span');
    expect([money(early, call(1000)), money(late, call(500))]).toEqual([1000, 500]);
  });

  it('is known to an agent around both', () => {
    const [agent, chat, , inner] = line('scope', 'span', 'tool', 'span');
    expect([money(inner, call(500)), money(chat, call(1000))]).toEqual([500, 1000]);
    expect(money(agent, sum(1600))).toBe(100);
  });

  it('differs from agents, steps and tasks inside a call, which are part of it', () => {
    const [chat, , inner] = line('span', 'scope', 'span');
    expect([money(inner, call(80)), money(chat, call(100))]).toEqual([80, 20]);
  });

  it('stays behind it at any depth, and with ended nodes in between', () => {
    const [chat, plain, tool, agent, inner] = line('span', 'span', 'tool', 'scope', 'span');
    expect(money(chat, call(1000))).toBe(1000);
    plain.close();
    fee(tool, 0);
    expect([money(inner, call(500)), money(agent, sum(500))]).toEqual([500, 0]);
  });

  it('stays behind it on its way up', () => {
    const [outer, agent, , inner] = line('span', 'scope', 'tool', 'span');
    expect([money(agent, sum(100)), money(inner, call(130))]).toEqual([100, 30]);
    expect(bill(outer, call(100))).toMatchObject({ money: 0, calls: 0 });
  });

  it('stays behind it for output and calls that a sum has paid for', () => {
    const [outer, agent, , inner] = line('span', 'scope', 'tool', 'span');
    bill(agent, sum(0, 100, { calls: 1 }));
    expect(bill(inner, call(0, 130))).toMatchObject({ output: 30, calls: 0 });
    expect(bill(outer, call(0, 100, { calls: 2 }))).toMatchObject({ output: 0, calls: 1 });
  });

  it('is compared with the calls below it there', () => {
    const [tool, outer, inner] = line('tool', 'span', 'span');
    expect([money(inner, call(60)), money(outer, call(100)), fee(tool, 7)]).toEqual([60, 40, 7]);
  });

  it('is recognized when a span becomes a tool after its start', () => {
    const [chat, tool] = line('span', 'span');
    tool.kind = 'tool';
    expect([money(start('span', tool), call(500)), money(chat, call(1000))]).toEqual([500, 1000]);
  });
});

describe('a sum is compared with all LLM work below', () => {
  it.each([
    ['of its own calls', 100, 0, undefined],
    ['of all below', 130, 0, undefined],
    ['of less than its own calls', 90, 0, undefined],
    ['of neither', 120, 0, 'unexplained_sum'],
    ['of more than all', 150, 20, 'partial_statement'],
  ])('%s', (_reading, said, rest, flag) => {
    const [agent, own] = line('scope', 'span');
    const inner = start('span', start('tool', agent));
    expect([money(own, call(100)), money(inner, call(30))]).toEqual([100, 30]);
    expect(bill(agent, sum(said))).toMatchObject({ money: rest, flag });
  });

  it('may be unexplained by its output alone', () => {
    const [agent, own] = line('scope', 'span');
    const inner = start('span', start('tool', agent));
    bill(own, call(0, 100));
    bill(inner, call(0, 30));
    expect(bill(agent, sum(0, 120))).toMatchObject({ output: 0, flag: 'unexplained_sum' });
  });

  it('and a call is not: it is explained by its own calls alone', () => {
    const [chat, own] = line('span', 'span');
    const behind = start('span', start('tool', chat));
    expect([money(own, call(100)), money(behind, call(30))]).toEqual([100, 30]);
    expect(bill(chat, call(120))).toMatchObject({ money: 20, flag: 'partial_statement' });
  });

  it('pays for late calls, also behind tools', () => {
    const [agent, tool] = line('scope', 'tool');
    const inner = start('span', tool);
    expect(money(agent, sum(100))).toBe(100);
    expect(bill(inner, call(70))).toMatchObject({ money: 0, calls: 0, elsewhere: 'around' });
  });

  it('of several calls pays for as many', () => {
    const agent = start('scope');
    expect(bill(agent, sum(100, 0, { calls: 2 })).calls).toBe(2);
    const calls = [1, 2, 3].map(() => bill(start('span', agent), call(30)).calls);
    expect(calls).toEqual([0, 0, 1]);
  });

  it('that comes last adds the calls that are missing', () => {
    const [agent, own] = line('scope', 'span');
    money(own, call(30));
    expect(bill(agent, sum(100, 0, { calls: 3 }))).toMatchObject({ calls: 2, input: 70 });
  });
});

describe('input and output are compared separately', () => {
  it('at the end of a node', () => {
    const [agent, own] = line('scope', 'span');
    bill(own, call(10, 50));
    const rest = { input: 20, output: 0, money: 20, calls: 0, flag: 'partial_statement' };
    expect(bill(agent, sum(30, 20))).toMatchObject(rest);
  });

  it('for late calls', () => {
    const [outer, inner] = line('span', 'span');
    bill(outer, call(10, 50));
    const rest = { input: 20, output: 0, money: 20, calls: 0, flag: 'partial_statement' };
    expect(bill(inner, call(30, 20))).toMatchObject(rest);
  });

  it('for late calls that a call in between has paid for', () => {
    const [outer, middle, inner] = line('span', 'span', 'span');
    expect([money(middle, call(60, 6)), money(inner, call(100, 10))]).toEqual([66, 44]);
    expect(bill(outer, call(130, 13, { calls: 2 }))).toMatchObject({ input: 30, output: 3, calls: 1 });
  });

  it('for a call, with its own calls and not with those behind tools', () => {
    const [outer, inner] = line('span', 'span');
    const behind = start('span', start('tool', outer));
    bill(behind, call(500, 500));
    bill(inner, call(10, 50));
    expect(bill(outer, call(30, 70))).toMatchObject({ input: 20, output: 20, calls: 0 });
  });
});

describe('a bill that is only a part of its statement is a partial statement', () => {
  it('no flag where everything or nothing is billed', () => {
    const [outer, inner] = line('span', 'span');
    expect(bill(inner, call(70))).toMatchObject({ flag: undefined, elsewhere: undefined });
    expect(bill(outer, call(70))).toMatchObject({ money: 0, flag: undefined, elsewhere: 'below' });
  });

  it('the rest of a sum, and the rest of its output alone', () => {
    const [agent, own] = line('scope', 'span');
    bill(own, call(70));
    expect(bill(agent, sum(100))).toMatchObject({ money: 30, flag: 'partial_statement', elsewhere: 'below' });
    const [other, first] = line('scope', 'span');
    bill(first, call(0, 5));
    expect(bill(other, sum(0, 9))).toMatchObject({
      output: 4,
      flag: 'partial_statement',
      elsewhere: 'below',
    });
  });

  it('a late record that is partly paid', () => {
    const [agent, own] = line('scope', 'span');
    const other = start('span', agent);
    expect(bill(agent, sum(100))).toMatchObject({ money: 100, flag: undefined });
    expect(bill(own, call(70))).toMatchObject({ money: 0, flag: undefined, elsewhere: 'around' });
    expect(bill(other, call(50))).toMatchObject({
      money: 20,
      flag: 'partial_statement',
      elsewhere: 'around',
    });
  });

  it('shows where the rest was billed, also if only output or only money was paid for', () => {
    for (const says of [call(0, 5), dollars(5)]) {
      const [outer, inner] = line('span', 'span');
      bill(outer, says);
      expect(bill(inner, says)).toMatchObject({ money: 0, elsewhere: 'around' });
      const [unknown, known] = line('span', 'span');
      bill(unknown, UNKNOWN);
      expect(bill(known, says)).toMatchObject({ money: 5, calls: 0, elsewhere: undefined, flag: undefined });
    }
  });

  it('the rest of a reported bill, without counts too', () => {
    const rest = { money: 20, flag: 'partial_statement', elsewhere: 'below' };
    for (const says of [call(100, 0, { pico: 120 }), dollars(120)]) {
      const [outer, inner] = line('span', 'span');
      bill(inner, call(100));
      expect(bill(outer, says)).toMatchObject(rest);
    }
  });

  it('no flag where a reported bill was billed in full', () => {
    const [outer, inner] = line('span', 'span');
    bill(inner, dollars(120));
    expect(bill(outer, dollars(120))).toMatchObject({ money: 0, flag: undefined, elsewhere: 'below' });
  });

  it('the tokens that are priced below a call without a price, where only some of them are priced', () => {
    const [outer, middle, inner] = line('span', 'span', 'span');
    bill(outer, call(100));
    outer.leaveUnpriced();
    expect(bill(inner, call(40))).toMatchObject({ input: 0, money: 40, flag: undefined });
    expect(bill(middle, call(100))).toMatchObject({ input: 0, money: 60, flag: 'partial_statement' });
  });
});

describe('a call of unknown usage', () => {
  it('counts as a call, and is known once a call below is', () => {
    const [outer, inner] = line('span', 'span');
    expect(bill(outer, UNKNOWN)).toMatchObject({ calls: 1, money: 0, resolves: 0 });
    expect(bill(inner, call(70))).toMatchObject({ calls: 0, money: 70, resolves: 1 });
    expect(bill(start('span', inner), call(80))).toMatchObject({ calls: 0, money: 10, resolves: 0 });
  });

  it('is known once it states its usage itself', () => {
    const chat = start('span');
    expect(bill(chat, UNKNOWN)).toMatchObject({ calls: 1, resolves: 0 });
    expect(bill(chat, call(70))).toMatchObject({ calls: 0, money: 70, resolves: 1 });
    expect(bill(chat, call(90))).toMatchObject({ calls: 0, money: 20, resolves: 0 });
  });

  it('is known by its reported bill alone, or its output alone', () => {
    const [first, second] = [start('span'), start('span')];
    bill(first, UNKNOWN);
    bill(second, UNKNOWN);
    expect([bill(first, dollars(5)).resolves, bill(second, call(0, 5)).resolves]).toEqual([1, 1]);
  });

  it('stays unknown below other unknown calls, and is not counted above a known call', () => {
    const [outer, inner] = line('span', 'span');
    bill(outer, UNKNOWN);
    expect(bill(inner, UNKNOWN)).toMatchObject({ calls: 0, resolves: 0 });
    const [last, first] = line('span', 'span');
    bill(first, call(70));
    expect(bill(last, UNKNOWN)).toMatchObject({ calls: 0, resolves: 0 });
    expect(bill(last, call(80))).toMatchObject({ calls: 0, money: 10, resolves: 0 });
  });

  it('that stands for another unknown call is not resolved by a third', () => {
    const [outer, open, inner] = line('span', 'span', 'span');
    const other = start('span', open);
    bill(outer, UNKNOWN);
    bill(inner, UNKNOWN);
    expect(bill(other, call(70))).toMatchObject({ calls: 1, resolves: 0 });
    expect(bill(inner, call(70))).toMatchObject({ calls: 0, resolves: 1 });
  });

  it('is not resolved by work behind a tool', () => {
    const [outer, , inner] = line('span', 'tool', 'span');
    bill(outer, UNKNOWN);
    expect(bill(inner, call(70))).toMatchObject({ calls: 1, resolves: 0 });
  });
});

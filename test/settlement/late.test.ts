/** Late work is billed: statements after the end, work below ended nodes, and the lists of open nodes. */
import { describe, expect, it } from 'vitest';
import { SettlementNode } from '../../src/settlement/node.js';
import { bill, call, dollars, fee, line, money, start, sum, total, UNKNOWN } from './support.js';

describe('a statement after the end', () => {
  it('is compared with the first one, and with the work below', () => {
    const [outer, inner] = line('span', 'span');
    expect([money(inner, call(60)), money(outer, call(100)), money(outer, call(130))]).toEqual([60, 40, 30]);
    expect(money(outer, call(120))).toBe(0);
  });

  it('is compared with late calls that the first one paid for', () => {
    const [outer, inner] = line('span', 'span');
    expect([money(outer, call(100)), money(inner, call(60)), money(outer, call(130))]).toEqual([100, 0, 30]);
  });

  it('may be the first one', () => {
    const [task, outer, inner] = line('scope', 'span', 'span');
    expect(money(inner, call(60))).toBe(60);
    outer.close();
    expect(outer.moneyBelow).toBe(60);
    expect([money(outer, call(100)), money(task, sum(110))]).toEqual([40, 10]);
  });

  it('that is the first one takes in the amounts of open nodes below, and so do the nodes above', () => {
    const [task, outer, open, inner] = line('scope', 'span', 'span', 'span');
    expect(money(inner, call(60))).toBe(60);
    outer.close();
    expect(money(outer, call(100))).toBe(40);
    expect(task.moneyBelow).toBe(100);
    expect(money(open, call(110))).toBe(10);
    expect([task.moneyBelow, money(task, sum(115))]).toEqual([110, 5]);
  });

  it('of a tool that includes the money below is compared with that money', () => {
    const [task, tool, open, inner] = line('scope', 'tool', 'span', 'span');
    expect(money(inner, call(60))).toBe(60);
    tool.close();
    expect(total(tool, 100)).toBe(40);
    open.close();
    expect(task.moneyBelow).toBe(100);
  });

  it('below a node with a statement is compared with the calls that this node has paid for', () => {
    const [task, payer, silent, open, inner] = line('scope', 'span', 'span', 'span', 'span');
    expect([money(payer, call(80)), money(inner, call(60))]).toEqual([80, 0]);
    silent.close();
    expect(bill(silent, call(100))).toMatchObject({ input: 20, money: 20, calls: 0 });
    open.close();
    expect(money(task, sum(105))).toBe(5);
  });

  it('closes nothing twice', () => {
    const [task, chat] = line('scope', 'span');
    money(chat, call(60));
    chat.close();
    chat.close();
    expect(task.moneyBelow).toBe(60);
  });
});

describe('work below ended nodes', () => {
  it('a child may start below an ended node', () => {
    const [task, ended] = line('scope', 'span');
    ended.close();
    expect(money(start('span', ended), call(100))).toBe(100);
    expect(money(task, sum(100))).toBe(0);
  });

  it('all ended nodes with a statement above pay, nearest first, and open nodes in between know the rest', () => {
    const [root, outer, open, inner] = line('scope', 'span', 'span', 'span');
    expect([money(outer, call(100)), money(inner, call(30))]).toEqual([100, 0]);
    const late = start('span', inner);
    expect(money(late, call(150))).toBe(50);
    expect([money(open, call(160)), money(root, sum(170))]).toEqual([10, 10]);
  });

  it('a tool between ended nodes still separates them', () => {
    const [outer, tool, inner] = line('span', 'tool', 'span');
    expect([money(inner, call(10)), money(outer, call(100))]).toEqual([10, 100]);
    tool.close();
    expect(money(start('span', inner), call(60))).toBe(50);
    expect(money(start('span', outer), call(60))).toBe(0);
  });

  it('the price of a call is paid by nodes above that stated dollars', () => {
    const [outer, middle, inner] = line('span', 'span', 'span');
    expect(money(outer, dollars(70))).toBe(70);
    expect(money(middle, call(100))).toBe(30);
    expect(bill(inner, call(100))).toMatchObject({ input: 0, money: 0 });
  });

  it('a call without a price leaves its tokens to be priced below', () => {
    const [outer, inner] = line('span', 'span');
    bill(outer, call(100));
    outer.leaveUnpriced();
    expect(bill(inner, call(70))).toMatchObject({ input: 0, calls: 0, money: 70 });
    start('span').leaveUnpriced();
  });

  it('a call of unknown usage stands for one that comes late behind an ended node', () => {
    const [outer, middle] = line('span', 'span');
    bill(outer, UNKNOWN);
    middle.close();
    expect(bill(start('span', middle), call(70))).toMatchObject({ calls: 0, resolves: 1 });
  });
});

describe('a node is billed in advance', () => {
  it('below an ended call, unless a tool is in between, and below an ended sum', () => {
    for (const [says, behind] of [
      [call(100), false],
      [sum(100), true],
    ] as const) {
      const [outer, inner, , beyond] = line('span', 'span', 'tool', 'span');
      expect(inner.isBilledInAdvance).toBe(false);
      bill(outer, says);
      expect([inner.isBilledInAdvance, beyond.isBilledInAdvance]).toEqual([true, behind]);
    }
  });

  it('until another call has been paid for, and not by money that is not for a call', () => {
    const [outer, open, first] = line('span', 'span', 'span');
    const second = start('span', open);
    bill(outer, call(100));
    bill(first, call(60));
    expect(second.isBilledInAdvance).toBe(false);
    const [payer, inner] = line('span', 'span');
    bill(payer, call(0, 0, { pico: 5, calls: 0 }));
    expect(inner.isBilledInAdvance).toBe(false);
  });
});

describe('the money below', () => {
  it('is known whatever is still open, and counted once with statements in between', () => {
    const [root, outer, open, inner] = line('scope', 'span', 'span', 'span');
    expect([money(inner, call(30)), fee(start('tool', open), 7), root.moneyBelow]).toEqual([30, 7, 37]);
    expect([money(outer, call(50)), root.moneyBelow]).toEqual([20, 57]);
    expect([money(start('span', open), call(40)), root.moneyBelow]).toEqual([20, 77]);
    open.close();
    expect(root.moneyBelow).toBe(77);
  });
});

describe('what is open below', () => {
  function openBelow(node: SettlementNode): SettlementNode[] {
    const found: SettlementNode[] = [];
    node.forEachOpenBelow((open) => found.push(open));
    return found;
  }

  it('is listed until it has ended, with ended nodes above it', () => {
    const [root, middle, leaf] = line('scope', 'span', 'span');
    const [left, right] = [start('span', root), start('span', root)];
    expect(new Set(openBelow(root))).toEqual(new Set([middle, leaf, left, right]));
    middle.close();
    expect(new Set(openBelow(root))).toEqual(new Set([middle, leaf, left, right]));
    left.close();
    leaf.close();
    expect(openBelow(root)).toEqual([right]);
    right.close();
    expect([openBelow(root), root.hasOpenBelow]).toEqual([[], false]);
  });

  it('leaves the list from its front, its middle and its end', () => {
    for (const order of [
      [0, 1, 2],
      [1, 0, 2],
      [2, 0, 1],
    ]) {
      const root = start('scope');
      const children = [0, 1, 2].map(() => start('span', root));
      for (const [index, at] of order.entries()) {
        children[at]?.close();
        expect(openBelow(root)).toHaveLength(2 - index);
      }
      expect(root.hasOpenBelow).toBe(false);
    }
  });

  it('is listed again above where a new node starts below an ended one', () => {
    const [root, middle, leaf] = line('scope', 'span', 'span');
    money(middle, call(100));
    leaf.close();
    expect(root.hasOpenBelow).toBe(false);
    const late = start('span', middle);
    expect(new Set(openBelow(root))).toEqual(new Set([middle, late]));
    late.close();
    expect(root.hasOpenBelow).toBe(false);
  });

  it('moves with a node that is put further up', () => {
    const [root, middle, leaf] = line('scope', 'span', 'span');
    middle.close();
    leaf.moveBelow(root);
    expect([openBelow(root), middle.hasOpenBelow]).toEqual([[leaf], false]);
    expect(money(leaf, call(100))).toBe(100);
    expect(root.moneyBelow).toBe(100);
    middle.moveBelow(undefined);
    expect(middle.parent).toBeUndefined();
  });

  it('has no list above a root', () => {
    const root = start('scope');
    expect([root.depth, root.parent, start('span', root).depth]).toEqual([0, undefined, 1]);
  });

  it('does not include an ended node that moves', () => {
    const [root, ended] = [start('scope'), start('span')];
    ended.close();
    ended.moveBelow(root);
    expect([ended.parent, root.hasOpenBelow]).toEqual([root, false]);
  });
});

describe('a kept node', () => {
  class Kept extends SettlementNode {
    protected override get isKept(): boolean {
      return true;
    }
  }

  it('stays above what starts below it after its end', () => {
    const kept = new Kept(start('scope'));
    kept.close();
    const ended = start('span', kept);
    ended.close();
    expect(start('span', ended).parent).toBe(kept);
    expect(start('span', ended).parent).toBe(kept);
  });

  it('without a statement lets increases pass', () => {
    const root = start('scope');
    const kept = new Kept(root);
    const open = start('span', kept);
    expect(money(start('span', open), call(100))).toBe(100);
    kept.close();
    open.close();
    expect([root.moneyBelow, money(root, sum(110))]).toEqual([100, 10]);
  });

  it('stays above a chain that is cut, and does not count for its length', () => {
    const kept = new Kept(start('scope'));
    kept.close();
    let last: SettlementNode = kept;
    for (let depth = 0; depth <= SettlementNode.MAX_ENDED_ABOVE; depth++) {
      last = start('span', last);
      money(last, call(1000 - depth));
    }
    expect(start('span', last).parent).toBe(kept);
  });
});

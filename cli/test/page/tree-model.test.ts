/** The tree without a browser: every node is in it once, whatever the parents are, and the keys move as people expect. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRoute, parseRoute, toScreen, windowQuery } from '../../page/src/route.js';
import { buildTree, firstExpanded, moveBy, nodeKey, visibleRows } from '../../page/src/task/tree-model.js';
import { sampleDetail } from './support/fixture-detail.js';
import { taskRow } from './support/fixture-tasks.js';

const detail = sampleDetail(taskRow(1, 1_700_000_000_000));
const tree = buildTree(detail.nodes);
const all = () => true;

describe('a tree', () => {
  it('has every node once, also with circles and with parents that never came', () => {
    const parents = fc.array(fc.option(fc.integer({ min: 0, max: 12 })), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(parents, (list) => {
        const nodes = list.map((parent, index) => ({
          ...(detail.nodes[0] as (typeof detail.nodes)[number]),
          spanId: `span-${index}`,
          parentSpanId: parent === null ? null : `span-${parent}`,
        }));
        const keys = visibleRows(buildTree(nodes), all).map((row) => row.key);
        expect([...keys].sort()).toEqual(nodes.map(nodeKey).sort());
      }),
    );
  });

  it('of 5,000 spans is collapsed to a few hundred rows at first, and a chain of 5,000 is shown', () => {
    const large = buildTree(sampleDetail(taskRow(1, 0), 4_985).nodes);
    const first = firstExpanded(large);
    expect(visibleRows(large, (key) => first.has(key)).length).toBeLessThanOrEqual(300);
    expect(visibleRows(large, all).length).toBeGreaterThan(5_000);
    const chain = Array.from({ length: 5_000 }, (_, index) => ({
      ...(detail.nodes[0] as (typeof detail.nodes)[number]),
      spanId: `span-${index}`,
      parentSpanId: index === 0 ? null : `span-${index - 1}`,
    }));
    expect(visibleRows(buildTree(chain), all)).toHaveLength(5_000);
  });

  it('of one agent with 1,000 steps shows the steps at first, each closed', () => {
    const [node] = detail.nodes;
    if (node === undefined) throw new Error('no node');
    const nodes = Array.from({ length: 2_001 }, (_, index) => ({
      ...node,
      spanId: `span-${index}`,
      parentSpanId: index === 0 ? null : index <= 1_000 ? 'span-0' : `span-${index - 1_000}`,
    }));
    const wide = buildTree(nodes);
    const first = firstExpanded(wide);
    expect(visibleRows(wide, (key) => first.has(key))).toHaveLength(1_001);
  });

  it('tells screen readers the level, the place and the number of siblings', () => {
    const rows = visibleRows(tree, all);
    expect(rows[0]).toMatchObject({ level: 1, position: 1, siblings: 1, children: 3, isExpanded: true });
    expect(rows[3]).toMatchObject({ level: 4, position: 1, siblings: 2, children: 0, isExpanded: false });
  });

  it('is walked by keys', () => {
    const rows = visibleRows(tree, all);
    const key = (index: number) => rows[index]?.key ?? '';
    expect(moveBy('ArrowDown', rows, key(0), 10)).toEqual({ to: 'row', key: key(1) });
    expect(moveBy('ArrowUp', rows, key(0), 10)).toEqual({ to: 'row', key: key(0) });
    expect(moveBy('ArrowRight', rows, key(0), 10)).toEqual({ to: 'row', key: key(1) });
    expect(moveBy('ArrowLeft', rows, key(0), 10)).toEqual({ to: 'collapse', key: key(0) });
    expect(moveBy('ArrowLeft', rows, key(4), 10)).toEqual({ to: 'row', key: key(2) });
    expect(moveBy('ArrowRight', rows, key(4), 10)).toEqual({ to: 'row', key: key(4) });
    expect(moveBy('End', rows, key(0), 10)).toEqual({ to: 'row', key: key(rows.length - 1) });
    expect(moveBy('PageDown', rows, key(0), 4)).toEqual({ to: 'row', key: key(4) });
    expect(moveBy('Enter', rows, key(3), 10)).toEqual({ to: 'open', key: key(3) });
    expect(moveBy('x', rows, key(3), 10)).toBeUndefined();
    const closed = visibleRows(tree, () => false);
    expect(moveBy('ArrowRight', closed, key(0), 10)).toEqual({ to: 'expand', key: key(0) });
  });
});

describe('a link', () => {
  it('keeps every id, text and filter', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (id, q) => {
        const route = { screen: 'task' as const, taskId: id, query: { q } };
        const read = parseRoute(formatRoute(route));
        expect(read.taskId).toBe(id);
        expect(read.query.q).toBe(q);
      }),
    );
  });

  it('that is broken opens something', () => {
    expect(parseRoute('#/task/%E0%A4%A').taskId).toBe('%E0%A4%A');
    expect(formatRoute(toScreen(parseRoute(''), 'task', 'cut \ud83d'))).toBe('#/task/cut%20%EF%BF%BD');
    expect(parseRoute('#/nowhere').screen).toBe('overview');
    expect(windowQuery(parseRoute('#/?window=yesterday'))).toEqual({ window: 'auto' });
    expect(windowQuery(parseRoute('#/?from=5&to=x'))).toEqual({ window: 'auto' });
  });

  it('takes the window of time along to another screen, and nothing else', () => {
    const route = parseRoute('#/?from=1000&to=2000&sort=total&q=x');
    expect(formatRoute(toScreen(route, 'explore'))).toBe('#/explore?from=1000&to=2000');
    expect(windowQuery(route)).toEqual({ from: '1000', to: '2000' });
  });
});

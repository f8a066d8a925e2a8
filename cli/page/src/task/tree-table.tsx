import type { RefObject } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { TaskDetail } from '../../../src/task-answers.js';
import { columnDecimals, longestUsd } from '../money.js';
import {
  ancestors,
  buildTree,
  firstExpanded,
  moveBy,
  type Tree,
  type TreeRow,
  visibleRows,
} from './tree-model.js';
import { TreeTableRow } from './tree-row.js';
import { ROW_HEIGHT, useVisibleRange, type VisibleRange } from './visible-range.js';

interface TreeTableProps {
  detail: TaskDetail | undefined;
  selected: string | undefined;
  onSelect(key: string): void;
}

const HEADS = ['Span', 'Tokens', 'Took', 'Own cost', 'Roll-up'];

/** Own cost beside roll-up. Only the rows in view are in the document. */
export function TreeTable({ detail, selected, onSelect }: TreeTableProps) {
  const box = useRef<HTMLDivElement>(null);
  const tree = useMemo(() => buildTree(detail?.nodes ?? []), [detail]);
  const { isExpanded, setExpanded } = useExpanded(tree, selected);
  const rows = useMemo(() => visibleRows(tree, isExpanded), [tree, isExpanded]);
  const [active, setActive] = useState<string>();
  const activeKey = rows.find((row) => row.key === (active ?? selected))?.key ?? rows[0]?.key ?? '';
  const range = useVisibleRange(box, rows.length);
  useScrollTo(box, rows, active ?? selected);
  const open = (key: string) => {
    setActive(key);
    onSelect(key);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = moveBy(event.key, rows, activeKey, range.pageRows);
    if (move === undefined) return;
    event.preventDefault();
    if (move.to === 'open') return open(move.key);
    setActive(move.key);
    if (move.to !== 'row') setExpanded(move.key, move.to === 'expand');
  };
  const isInView = rows.slice(range.first, range.last).some((row) => row.key === activeKey);
  return (
    <div
      ref={box}
      class="tree scrolls"
      style={columnWidths(detail)}
      role="treegrid"
      aria-label="Spans of the task with own cost and roll-up"
      aria-rowcount={rows.length + 1}
      aria-activedescendant={isInView ? rowId(activeKey) : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <TreeHead />
      <TreeBody {...{ detail, rows, range, activeKey, selected, open, setExpanded }} />
    </div>
  );
}

function rowId(key: string): string {
  return `row-${key.replace('/', '-')}`;
}

function TreeHead() {
  return (
    <div role="row" class="tree-head" aria-rowindex={1}>
      {HEADS.map((head) => (
        <span key={head} role="columnheader">
          {head}
        </span>
      ))}
    </div>
  );
}

interface TreeBodyProps {
  detail: TaskDetail | undefined;
  rows: readonly TreeRow[];
  range: VisibleRange;
  activeKey: string;
  selected: string | undefined;
  open(key: string): void;
  setExpanded(key: string, isExpanded: boolean): void;
}

function TreeBody({ detail, rows, range, activeKey, selected, open, setExpanded }: TreeBodyProps) {
  const decimals = useMemo(() => treeDecimals(detail), [detail]);
  return (
    <div role="rowgroup" class="tree-body" style={{ height: `${rows.length * ROW_HEIGHT}px` }}>
      <div role="presentation" style={{ transform: `translateY(${range.first * ROW_HEIGHT}px)` }}>
        {rows.slice(range.first, range.last).map((row, index) => (
          <TreeTableRow
            key={row.key}
            id={rowId(row.key)}
            row={row}
            index={range.first + index + 2}
            isActive={row.key === activeKey}
            isSelected={row.key === selected}
            decimals={decimals}
            onToggle={() => setExpanded(row.key, !row.isExpanded)}
            onSelect={() => open(row.key)}
          />
        ))}
      </div>
    </div>
  );
}

/** The open rows: a few at first, then as the reader wants them. Rows above the selected span are open at first. */
function useExpanded(tree: Tree, selected: string | undefined) {
  const [choices, setChoices] = useState<ReadonlyMap<string, boolean>>(new Map());
  const first = useMemo(() => firstExpanded(tree), [tree]);
  const above = useMemo(
    () => new Set(selected === undefined ? [] : ancestors(tree, selected)),
    [tree, selected],
  );
  const isExpanded = useMemo(
    () => (key: string) => choices.get(key) ?? (first.has(key) || above.has(key)),
    [choices, first, above],
  );
  const setExpanded = (key: string, isOpen: boolean) => setChoices(new Map(choices).set(key, isOpen));
  return { isExpanded, setExpanded };
}

/** Scrolls when another row becomes the one to look at, not when rows are added. */
function useScrollTo(
  box: RefObject<HTMLDivElement | null>,
  rows: readonly TreeRow[],
  key: string | undefined,
): void {
  const done = useRef<string | undefined>(undefined);
  useEffect(() => {
    const at = rows.findIndex((row) => row.key === key);
    if (box.current === null || at < 0 || done.current === key) return;
    done.current = key;
    const top = at * ROW_HEIGHT;
    const { scrollTop, clientHeight } = box.current;
    const shown = clientHeight - ROW_HEIGHT;
    if (top < scrollTop) box.current.scrollTop = top;
    else if (top + ROW_HEIGHT > scrollTop + shown) box.current.scrollTop = top + ROW_HEIGHT - shown;
  });
}

/** Wide enough for the longest amount: a figure that is cut would be another figure. */
function columnWidths(detail: TaskDetail | undefined) {
  const nodes = detail?.nodes ?? [];
  const decimals = treeDecimals(detail);
  const own = longestUsd(
    nodes.map((node) => node.own?.pico ?? null),
    decimals.own,
  );
  const rollUp = longestUsd(
    nodes.map((node) => node.rollUp?.total.pico ?? null),
    decimals.rollUp,
  );
  return { '--own-width': `${own + 2}ch`, '--roll-up-width': `${rollUp + 3}ch` };
}

function treeDecimals(detail: TaskDetail | undefined): { own: number; rollUp: number } {
  const nodes = detail?.nodes ?? [];
  return {
    own: columnDecimals(nodes.map((node) => node.own?.pico ?? null)),
    rollUp: columnDecimals(nodes.map((node) => node.rollUp?.total.pico ?? null)),
  };
}

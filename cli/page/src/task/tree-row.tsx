import type { OwnCost, TreeNode } from '../../../src/task-answers.js';
import { Money, TotalMoney, totalNotes } from '../parts/money.js';
import { count, duration, plural, words } from '../text.js';
import type { TreeRow } from './tree-model.js';

interface TreeTableRowProps {
  id: string;
  row: TreeRow;
  /** For screen readers, from 1. */
  index: number;
  isActive: boolean;
  isSelected: boolean;
  decimals: { own: number; rollUp: number };
  onToggle(): void;
  onSelect(): void;
}

/** Deeper levels are drawn at this one: a chain of 1,000 calls stays on the screen. */
const DEEPEST_INDENT = 14;

export function TreeTableRow(props: TreeTableRowProps) {
  const { row, decimals } = props;
  const { node } = row;
  const classes = ['tree-row', `kind-${node.kind}`];
  if (props.isActive) classes.push('active');
  if (props.isSelected) classes.push('selected');
  if (node.isFailed) classes.push('failed');
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid around it handles the keys
    <div
      role="row"
      id={props.id}
      class={classes.join(' ')}
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-rowindex={props.index}
      aria-expanded={row.children > 0 ? row.isExpanded : undefined}
      aria-selected={props.isSelected}
      onClick={props.onSelect}
    >
      <span role="gridcell" class="span-cell">
        <Indent level={row.level} />
        <Twisty row={row} onToggle={props.onToggle} />
        <span class="kind">{kindText(node)}</span>
        <span class="span-name" title={spanTitle(node)}>
          {node.name === '' ? '(no name)' : node.name}
        </span>
        <NodeMarks node={node} />
      </span>
      <span role="gridcell" class="number tokens-cell" title={tokenTitle(node)}>
        {tokenText(node)}
      </span>
      <span role="gridcell" class="number took-cell">
        {duration(node.endMillis - node.startMillis)}
      </span>
      <span role="gridcell" class="number own-cell">
        <OwnFigure own={node.own} align={decimals.own} />
      </span>
      <span role="gridcell" class="number roll-up-cell">
        {node.rollUp !== null && (
          <span class="figure-link">
            <TotalMoney total={node.rollUp.total} align={decimals.rollUp} isSoFar={node.rollUp.isSoFar} />
          </span>
        )}
      </span>
    </div>
  );
}

function kindText({ kind, stepNumber }: TreeNode): string {
  if (kind === 'llm') return 'LLM';
  return kind === 'step' && stepNumber !== null ? `step ${stepNumber}` : kind;
}

function Indent({ level }: { level: number }) {
  const shown = Math.min(level - 1, DEEPEST_INDENT);
  return <span class="indent" style={{ width: `${shown * 14}px` }} aria-hidden="true" />;
}

function Twisty({ row, onToggle }: { row: TreeRow; onToggle(): void }) {
  if (row.children === 0) return <span class="twisty" aria-hidden="true" />;
  const toggle = (event: Event) => {
    event.stopPropagation();
    onToggle();
  };
  return (
    <span
      class="twisty"
      aria-hidden="true"
      onClick={toggle}
      title={plural(row.children, 'child', 'children')}
    >
      <svg viewBox="0 0 10 10" aria-hidden="true">
        <path d={row.isExpanded ? 'M1.5 3h7L5 7.5z' : 'M3 1.5v7L7.5 5z'} />
      </svg>
    </span>
  );
}

/** `≈` is estimated, a dashed frame is unknown, a dash is billed elsewhere: three shapes, no colour needed. */
function OwnFigure({ own, align }: { own: OwnCost | null; align: number }) {
  if (own === null) return null;
  const notes = ownNotes(own);
  if (own.status === 'not_billed') {
    return (
      <span
        class="figure-link not-billed"
        title={notes.join('\n')}
        style={{ paddingInlineEnd: `${align}ch` }}
      >
        – <span class="sr-only">billed on another span</span>
      </span>
    );
  }
  return (
    <span class="figure-link">
      <Money pico={own.pico} align={align} isEstimated={own.status === 'estimated'} notes={notes} />
    </span>
  );
}

function ownNotes(own: OwnCost): string[] {
  const notes: string[] = [];
  if (own.status !== null)
    notes.push(own.reason === null ? words(own.status) : `${words(own.status)}: ${words(own.reason)}`);
  if (own.source !== null) notes.push(own.source);
  return notes;
}

function NodeMarks({ node }: { node: TreeNode }) {
  const { own, refusedBy, rollUp } = node;
  const status = own?.status ?? null;
  return (
    <span class="node-marks">
      {refusedBy !== null && <span class="mark bad">✕ refused by {refusedBy.scope} budget</span>}
      {node.isFailed && refusedBy === null && (
        <span class="mark bad" title={node.statusMessage ?? undefined}>
          ✕ failed
        </span>
      )}
      {node.attempt !== null && node.attempt > 1 && <span class="mark">attempt {node.attempt}</span>}
      {status !== null && (
        <span class={`mark ${status}`} title={own?.reason ?? undefined}>
          {words(status)}
        </span>
      )}
      {node.isPricedHere && <span class="mark here">priced in the viewer</span>}
      {rollUp?.isSoFar && (
        <span class="mark so-far" title={totalNotes(rollUp.total, true).join('\n')}>
          so far
        </span>
      )}
      {own?.model != null && !node.name.includes(own.model) && <span class="model">{own.model}</span>}
    </span>
  );
}

function spanTitle(node: TreeNode): string {
  const lines = [node.name, `Span ${node.spanId}`];
  if (node.service !== null) lines.push(`Service ${node.service}`);
  if (node.statusMessage !== null) lines.push(node.statusMessage);
  return lines.join('\n');
}

function tokensOf(node: TreeNode): { input: number; output: number } | undefined {
  if (node.own?.tokens != null) return node.own.tokens;
  return node.rollUp === null
    ? undefined
    : { input: node.rollUp.inputTokens, output: node.rollUp.outputTokens };
}

function tokenText(node: TreeNode): string {
  const tokens = tokensOf(node);
  return tokens === undefined ? '' : count(tokens.input + tokens.output);
}

function tokenTitle(node: TreeNode): string | undefined {
  const tokens = tokensOf(node);
  return tokens === undefined ? undefined : `${count(tokens.input)} in, ${count(tokens.output)} out`;
}

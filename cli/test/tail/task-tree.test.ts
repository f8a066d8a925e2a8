import { describe, expect, it } from 'vitest';
import { taskTree } from '../../src/tail/task-tree.js';
import { detail, node, own, rollUp, task, total } from '../support/tasks.js';

const PICO = 10n ** 9n;
const NODES = [
  node('1', null, { kind: 'task', name: 'task answer', rollUp: rollUp('task', 8n * PICO) }),
  node('2', '1', { kind: 'agent', name: 'invoke_agent planner', rollUp: rollUp('agent', 8n * PICO) }),
  node('3', '2', { kind: 'step', name: 'agent_step 1', rollUp: rollUp('step', 8n * PICO) }),
  node('4', '3', { kind: 'llm', name: 'chat gpt-4o', own: own(3n * PICO) }),
  node('5', '3', { kind: 'tool', name: 'execute_tool search', own: own(5n * PICO, { tokens: null }) }),
  node('6', '3', { kind: 'tool', name: 'execute_tool local' }),
];

describe('the tree of a task', () => {
  it('has session, task, agent, step, calls; tokens, dollars and status', () => {
    expect(taskTree(detail(task('1'), NODES), { width: 80 })).toEqual(
      [
        '                                           tokens in  out  USD      status',
        'session s-1',
        'task answer                                    1,200   30  $0.008   ✓ success',
        '└─ agent planner                               1,200   30  $0.008   ✓',
        '   └─ step 1                                   1,200   30  $0.008   ✓',
        '      ├─ chat gpt-4o                           1,200   30  $0.003   ✓',
        '      ├─ tool search                                       $0.005   ✓',
        '      └─ tool local                                        –        ✓ not billed',
      ].map((line) => expect.stringMatching(pattern(line))),
    );
  });

  it('marks what is so far, unknown, estimated, failed or refused', () => {
    const open = { isSoFar: true, total: total(3n * PICO, { isLowerBound: true }) };
    const nodes = [
      node('1', null, { kind: 'task', name: 'GET /x', rollUp: rollUp('task', 3n * PICO, open) }),
      node('2', '1', { kind: 'llm', name: 'chat a', own: own(null, { status: 'unpriced' }) }),
      node('3', '1', { kind: 'llm', name: 'chat b', own: own(PICO, { status: 'estimated' }) }),
      node('4', '1', { kind: 'llm', name: 'chat c', own: own(PICO), isFailed: true, attempt: 2 }),
      node('5', '1', { kind: 'llm', name: 'chat d', refusedBy: { scope: 'task', measure: 'usd' } }),
      node('6', '1', { kind: 'llm', name: 'chat e', own: own(0n, { status: 'free' }) }),
      node('7', '1', { kind: 'llm', name: 'chat f', own: own(null, { status: 'not_billed' }) }),
    ];
    const row = task('1', { state: 'running', outcome: null, sessionId: null });
    const statuses = taskTree(detail(row, nodes))
      .slice(1)
      .map((line) => line.replace(/^.*?(?=[✓✗?~…] ?\S*(?: \S+)?$)/, ''));
    expect(statuses).toEqual([
      '… so far',
      '? unpriced',
      '~ estimated',
      '✗ failed',
      '✗ refused',
      '✓ free',
      '✓ not billed',
    ]);
    const text = taskTree(detail(row, nodes)).join('\n');
    expect(text).toContain('$0.003+');
    expect(text).toMatch(/chat a .* – /);
    expect(text).toContain('chat c (attempt 2)');
  });

  it('hides the many in the middle, but not those that went wrong, and the hidden keep their sum', () => {
    const calls = Array.from({ length: 30 }, (_, at) =>
      node(`c${at}`, '1', { kind: 'llm', name: `chat ${at}`, own: own(PICO), isFailed: at === 15 }),
    );
    const lines = taskTree(detail(task('1'), [NODES[0] ?? node('1', null, {}), ...calls]));
    expect(lines.filter((line) => /chat \d+ /.test(line))).toHaveLength(6);
    expect(lines.join('\n')).toContain('chat 15');
    expect(lines.filter((line) => line.includes('more spans'))).toHaveLength(2);
    expect(lines.join('\n')).toMatch(/… 12 more spans .*\$0\.012/);
  });

  it('shows no code of a name to the terminal, and fits its width', () => {
    const name = `chat \u001b[2J\u001b]0;x\u0007${'y'.repeat(300)}`;
    const lines = taskTree(detail(task('1'), [node('1', null, { kind: 'llm', name, own: own(PICO) })]), {
      width: 80,
    });
    for (const line of lines) {
      expect(line.length).toBeLessThanOrEqual(80);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none of these may be there
      expect(line).not.toMatch(/[\u0000-\u001f]/);
    }
  });

  it('has colours when wanted', () => {
    const [, , line] = taskTree(detail(task('1'), NODES), { colour: true });
    expect(line).toContain('\u001b[32m✓ success\u001b[0m');
  });
});

/** The same text, with any width of the gaps. */
function pattern(line: string): RegExp {
  const escaped = line
    .trim()
    .split(/ {2,}/)
    .map((cell) => cell.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^ *${escaped.join(' {2,}')}$`);
}

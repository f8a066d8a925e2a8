import { describe, expect, test } from 'vitest';
import { renderTree } from '../../examples/demo/tree.js';
import { rollUp, spanFactory } from './spans.js';

function smallRun() {
  const { spans, add } = spanFactory();
  const session = add('session', undefined, { 'session.id': 's-1', ...rollUp('session', 0.0133, 1500, 100) });
  const task = add('task research', session, {
    'gen_ai.operation.name': 'invoke_workflow',
    'task.name': 'research',
    'task.outcome': 'success',
    'task.cost_complete': false,
    ...rollUp('task', 0.0133, 1500, 100),
  });
  const agent = add('invoke_agent writer', task, {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'writer',
    ...rollUp('agent', 0.0133, 1500, 100),
  });
  const step = add('agent_step', agent, {
    'gen_ai.operation.name': 'agent_step',
    'step.number': 1,
    ...rollUp('step', 0.0133, 1500, 100),
  });
  add('chat gpt-4o', step, {
    'gen_ai.operation.name': 'chat',
    'gen_ai.usage.input_tokens': 1500,
    'gen_ai.usage.output_tokens': 100,
    cost_usd: 0.0083,
  });
  add('execute_tool search', step, {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'search',
    cost_usd: 0.005,
  });
  add('execute_tool clock', step, { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'clock' });
  add('chat gpt-4o', step, { 'gen_ai.operation.name': 'chat', 'cost.status': 'unpriced' });
  return spans;
}

function longRun(calls: number) {
  const { spans, add } = spanFactory();
  const agent = add('invoke_agent coder', undefined, {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'coder',
    ...rollUp('agent', calls / 1000, calls * 10, calls),
  });
  for (let call = 1; call <= calls; call++) {
    const isUnpriced = call === 200 || call === 300;
    add(
      `chat model-${call}`,
      agent,
      {
        'gen_ai.operation.name': 'chat',
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.output_tokens': 1,
        ...(isUnpriced ? { 'cost.status': 'unpriced' } : { cost_usd: 0.001 }),
      },
      call === 100,
    );
  }
  return spans;
}

describe('renderTree', () => {
  test('shows each span at its place, with model, tokens, dollars and status in aligned columns', () => {
    expect(renderTree(smallRun(), { width: 80 })).toBe(
      `
                                           tokens in  out  USD      status
session s-1                                    1,500  100  $0.0133  ✓
└─ task research                               1,500  100  $0.0133  ? incomplete
   └─ agent writer                             1,500  100  $0.0133  ✓
      └─ step 1                                1,500  100  $0.0133  ? incomplete
         ├─ chat gpt-4o                        1,500  100  $0.0083  ✓
         ├─ tool search                                    $0.005   ✓
         ├─ tool clock                                      –       ✓ not billed
         └─ chat gpt-4o                                     –       ? unpriced`.slice(1),
    );
  });

  test('puts no escape codes into text without colour, and nothing but them into text with it', () => {
    const plain = renderTree(smallRun());
    const coloured = renderTree(smallRun(), { colour: true });
    const escapeCode = String.fromCharCode(27);
    expect(plain).not.toContain(escapeCode);
    expect(coloured).toContain(escapeCode);
    const stripped = coloured.split(new RegExp(`${escapeCode}\\[[0-9;]*m`)).join('');
    expect(stripped.split('\n').map((line) => line.trimEnd())).toEqual(plain.split('\n'));
  });

  test.each([72, 80, 100])('fits %i columns', (width) => {
    for (const line of renderTree(longRun(452), { width }).split('\n')) {
      expect(line.length).toBeLessThanOrEqual(width);
    }
  });

  test('of many calls shows the first, the last and one of each that went wrong, and the sum of the rest', () => {
    const lines = renderTree(longRun(452)).split('\n').slice(2);
    expect(lines.map((line) => line.slice(3).replaceAll(/ +/g, ' ').trim())).toEqual([
      'chat model-1 10 1 $0.001 ✓',
      'chat model-2 10 1 $0.001 ✓',
      'chat model-3 10 1 $0.001 ✓',
      '… 96 more LLM calls 960 96 $0.096',
      'chat model-100 10 1 $0.001 ✗ failed',
      '… 99 more LLM calls 990 99 $0.099',
      'chat model-200 10 1 – ? unpriced',
      '… 250 more LLM calls 2,500 250 $0.249 ? 1 unpriced',
      'chat model-451 10 1 $0.001 ✓',
      'chat model-452 10 1 $0.001 ✓',
    ]);
  });

  test('shows a span whose parent did not arrive at the left', () => {
    const { spans, add } = spanFactory();
    add('chat gpt-4o', 'lost', { 'gen_ai.operation.name': 'chat', cost_usd: 1 });
    expect(renderTree(spans).split('\n')[1]).toMatch(/^chat gpt-4o .* \$1\.00 {2}✓$/);
  });
});

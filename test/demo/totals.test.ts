import { expect, test } from 'vitest';
import { renderHints, renderSummary } from '../../examples/demo/summary.js';
import { renderTotals } from '../../examples/demo/totals.js';
import { rollUp, spanFactory } from './spans.js';

function run(costUsd: number, unpricedCalls = 0) {
  const { spans, add } = spanFactory();
  add('task research', undefined, {
    'gen_ai.operation.name': 'invoke_workflow',
    'task.name': 'research',
    ...rollUp('task', costUsd, 38_800, 3_200),
    'task.llm_cost_usd': costUsd,
    'task.tool_cost_usd': 0,
    'task.llm_calls': 10,
    'task.tool_calls': 5,
    'task.cost_complete': unpricedCalls === 0,
    'task.unpriced_calls': unpricedCalls,
  });
  return spans;
}

test('totals say how far the bill is from the one it is compared with', () => {
  const bill = { label: 'recorded', costUsd: 0.142 };
  expect(renderTotals(run(0.142), bill)).toContain('$0.142 recorded: equal to the last digit');
  expect(renderTotals(run(0.142000000001), bill)).toContain('differs by +$0.000000000001');
  expect(renderTotals(run(0.13), bill)).toContain('differs by -$0.012');
});

test('totals say how many calls have no known cost', () => {
  const bill = { label: 'recorded', costUsd: 0.142 };
  expect(renderTotals(run(0.142), bill)).toContain('yes: every call has a known cost');
  expect(renderTotals(run(0.142, 13), bill)).toContain('no: 13 calls told no usage');
});

test('totals refuse to be read from a run whose task did not arrive', () => {
  expect(() => renderTotals([], { label: '', costUsd: 0 })).toThrow('no task span among the 0 spans');
});

const scenario = (name: string, costUsd: number) => ({
  name,
  title: name,
  provider: 'openai' as const,
  model: 'gpt-4o',
  bill: { label: 'recorded', costUsd },
  calls: [],
});

test('the summary shows the three largest hints of each run, broken into lines', () => {
  const hint = (message: string) => ({
    kind: 'repeated_tool_calls' as const,
    subject: 'search',
    amountUsd: 1,
    amountIs: 'saving' as const,
    count: 1,
    message,
  });
  const hints = ['first of four words', 'second', 'third', 'fourth'].map(hint);
  const runs = [
    { scenario: scenario('short', 1), hints },
    { scenario: scenario('cheap', 1), hints: [] },
  ];
  expect(renderHints(runs, { width: 18 }).split('\n').slice(1)).toEqual([
    'short',
    '  - first of four',
    '    words',
    '  - second',
    '  - third',
    'cheap',
  ]);
});

test('the summary has a row for each run, amounts aligned at the decimal point', () => {
  const text = renderSummary([
    { scenario: scenario('short', 0.142), spans: run(0.142) },
    { scenario: scenario('long', 30.3301977), spans: run(30.3301977, 13) },
    { scenario: scenario('wrong', 1), spans: run(2) },
  ]);
  expect(text).toBe(
    `
run    LLM calls  tokens in    out  arrived      bill
short         10     38,800  3,200   $0.142       $0.142      equal
long          10     38,800  3,200  $30.3301977  $30.3301977  equal, 13 calls unknown
wrong         10     38,800  3,200   $2.00        $1.00       differs`.slice(1),
  );
});

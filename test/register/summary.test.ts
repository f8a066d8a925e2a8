import { describe, expect, it } from 'vitest';
import { summaryLine } from '../../src/register/summary.js';

const task = {
  taskName: 'research',
  outcome: 'success',
  costUsd: 0.142,
  costComplete: true,
  unpricedCalls: 0,
  inputTokens: 38_800,
  outputTokens: 3_200,
  llmCalls: 10,
  toolCalls: 5,
  failedCalls: 0,
  durationMillis: 12_340,
};

describe('the line about a task', () => {
  it('has name, outcome, cost, tokens, calls and time', () => {
    expect(summaryLine(task)).toBe(
      'task "research" success: $0.142, 38,800 tokens in, 3,200 out, 10 LLM calls, 5 tool calls, 12.3 s',
    );
  });

  it.each([
    [0, '$0.00'],
    [2, '$2.00'],
    [1.5e-7, '$0.00000015'],
    [30.3301977, '$30.3301977'],
    [1234567.5, '$1,234,567.50'],
  ])('writes %d dollars as %s', (costUsd, text) => {
    expect(summaryLine({ ...task, costUsd })).toContain(`: ${text}, `);
  });

  it('names the task of another process that a task is a part of, because its cost is in that one, too', () => {
    expect(summaryLine(task, '5f2c9a41d7e80b36')).toContain('success, part of task 5f2c9a41d7e80b36: $');
  });

  it('says that a cost is a lower bound, or not known at all', () => {
    const incomplete = { ...task, costComplete: false, unpricedCalls: 3 };
    expect(summaryLine(incomplete)).toContain(': >= $0.142 (3 calls unpriced), ');
    expect(summaryLine({ ...incomplete, costUsd: 0, unpricedCalls: 1 })).toContain(
      ': $? (1 call unpriced), ',
    );
  });

  it('says of a cost that may grow that it is the least', () => {
    expect(summaryLine({ ...task, outcome: 'interrupted', costComplete: false })).toContain(
      'task "research" interrupted: >= $0.142, ',
    );
    expect(summaryLine({ ...task, costUsd: 999_999.999999 })).toContain('$999,999.999999, ');
  });

  it('counts what failed, where anything did', () => {
    expect(summaryLine({ ...task, failedCalls: 2 })).toContain('5 tool calls, 2 failed, 12.3 s');
  });

  it('stays one line whatever the name, and names no outcome where none was declared', () => {
    expect(summaryLine({ ...task, taskName: 'two\nlines', outcome: undefined })).toMatch(
      /^task "two\\nlines": \$0\.142,[^\n]+$/,
    );
  });
});

import { describe, expect, it } from 'vitest';
import { MAX_TASK_NAMES, OTHER_TASKS, TaskTallies } from '../../src/ledger/task-tally.js';
import { Bill } from '../../src/spans/bill.js';

describe('tallies of tasks', () => {
  it('keep a bounded number of names apart, and lose no task', () => {
    const tallies = new TaskTallies();
    for (let i = 0; i < MAX_TASK_NAMES + 50; i++) tallies.of(`t${i}`).end(true, 1);
    tallies.of('t0').end(false, 0);
    const stats = tallies.stats();
    expect(stats).toHaveLength(MAX_TASK_NAMES + 1);
    expect(stats.find(({ taskName }) => taskName === 't0')).toMatchObject({ tasks: 2, successfulTasks: 1 });
    expect(stats.find(({ taskName }) => taskName === OTHER_TASKS)).toMatchObject({ tasks: 50, actions: 50 });
  });

  it('have no cost per action where too little was delivered for a number', () => {
    const tally = new TaskTallies().of('t');
    tally.add(new Bill('tool', { pico: 1, source: 'declared' }));
    tally.end(true, Number.MIN_VALUE);
    expect(tally.stats()).not.toHaveProperty('costPerActionUsd');
  });
});

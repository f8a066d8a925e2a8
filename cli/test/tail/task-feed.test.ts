import { describe, expect, it } from 'vitest';
import { TaskFeed } from '../../src/tail/task-feed.js';
import type { TaskDetail, TaskRow } from '../../src/task-answers.js';
import { detail, task, total } from '../support/tasks.js';

function store() {
  const kept = new Map<string, TaskDetail>();
  return {
    set: (row: TaskRow, state: TaskDetail['check']['state'] = 'equal') =>
      void kept.set(row.id, detail(row, [], state)),
    tasks: async () => ({ rows: [...kept.values()].map(({ task: row }) => row).reverse(), count: kept.size }),
    task: async (id: string) => kept.get(id),
  };
}

const ids = (details: readonly TaskDetail[]) => details.map(({ task: { id } }) => id);

describe('the feed of tasks', () => {
  it('gives each ended task once, in the order of their starts', async () => {
    const questions = store();
    const feed = new TaskFeed(questions, false);
    questions.set(task('a'));
    questions.set(task('b'));
    questions.set(task('c', { state: 'running' }));
    expect(ids((await feed.update()).ended)).toEqual(['a', 'b']);
    expect((await feed.update()).ended).toEqual([]);
    questions.set(task('c'));
    expect(ids((await feed.update()).ended)).toEqual(['c']);
  });

  it('waits for the spans of an ended task, but not at the end', async () => {
    const questions = store();
    const feed = new TaskFeed(questions, true);
    questions.set(task('a'), 'waiting');
    const update = await feed.update();
    expect([update.ended, ids(update.growing)]).toEqual([[], ['a']]);
    expect(ids((await feed.update(true)).ended)).toEqual(['a']);
  });

  it('shows growing tasks when wanted, eight at most', async () => {
    const questions = store();
    for (let at = 0; at < 12; at++) questions.set(task(`t${at}`, { state: 'running' }));
    expect((await new TaskFeed(questions, true).update()).growing).toHaveLength(8);
    expect((await new TaskFeed(questions, false).update()).growing).toHaveLength(0);
  });

  it('reports a corrected total once', async () => {
    const questions = store();
    const feed = new TaskFeed(questions, false);
    questions.set(task('a'));
    await feed.update();
    questions.set(task('a', { total: total(7n) }));
    expect((await feed.update()).corrected.map(({ id }) => id)).toEqual(['a']);
    expect((await feed.update()).corrected).toEqual([]);
  });
});

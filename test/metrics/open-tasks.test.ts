import { describe, expect, it } from 'vitest';
import { OpenTasks } from '../../src/metrics/open-tasks.js';

const task = (name: string, costUsd: number, isStated = true) => ({ name, costUsd, isStated });
const of = (tasks: OpenTasks) => Object.fromEntries(tasks.byName());

describe('open tasks', () => {
  it('are counted by name, with the most expensive of each as it stands when it is asked', () => {
    const tasks = new OpenTasks();
    const growing = task('a', 1);
    const others = [task('a', 3), task('b', 2), task('c', 9, false)];
    tasks.begin(growing);
    const entries = others.map((other) => tasks.begin(other));
    expect(of(tasks)).toEqual({ a: { tasks: 2, maxUsd: 3 }, b: { tasks: 1, maxUsd: 2 } });
    growing.costUsd = 7;
    for (const entry of entries) tasks.end(entry);
    expect(of(tasks)).toEqual({ a: { tasks: 1, maxUsd: 7 }, b: { tasks: 0, maxUsd: 0 } });
  });

  it('are bounded', () => {
    const tasks = new OpenTasks(2);
    const three = [task('a', 1), task('a', 2), task('a', 3)];
    const entries = three.map((one) => tasks.begin(one));
    expect(of(tasks)).toEqual({ a: { tasks: 2, maxUsd: 2 } });
    for (const entry of entries) tasks.end(entry);
    expect(of(tasks)).toEqual({ a: { tasks: 0, maxUsd: 0 } });
  });
});

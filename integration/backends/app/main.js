/**
 * An app of agents that works when it is told to. It reads orders from stdin, one a line as JSON, answers each with a line
 * of what its ledger then says, and ends by itself when stdin does.
 */
import { createInterface } from 'node:readline';
import { Amounts } from './amounts.js';
import { Book } from './book.js';
import { OpenTask } from './open-task.js';
import { workRound } from './work.js';

const openTasks = new Map();

const ORDERS = {
  async round({ seed, scale, prefix }) {
    const book = new Book();
    await workRound(book, new Amounts({ seed, scale }), prefix);
    return book;
  },
  openTask(options) {
    const task = new OpenTask(options);
    const figures = task.figures();
    openTasks.set(figures.id, task);
    return figures;
  },
  async spend({ taskId, costUsd }) {
    const task = openTasks.get(taskId);
    await task.spend(costUsd);
    return task.figures();
  },
  async finish({ taskId }) {
    const task = openTasks.get(taskId);
    await task.finish();
    return task.figures();
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { order, ...options } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await ORDERS[order](options))}\n`);
}

/** A job of 200 ms: shorter than any export interval. Prints what its ledger says. */
import { setTimeout } from 'node:timers/promises';
import { Amounts } from './amounts.js';
import { Book } from './book.js';
import { openai } from './models.js';

const book = new Book();
await book.task({ name: 'nightly_job' }, async () => {
  await openai(book, 'gpt-4o', new Amounts({ seed: process.pid, scale: 1 }).tokens(5000), 500);
  await setTimeout(200);
});
process.stdout.write(`${JSON.stringify(book)}\n`);

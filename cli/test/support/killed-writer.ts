/** Adds spans to a store until it is killed, and prints the number of each after it was acknowledged. */
import { openStore } from '../../src/store/open-store.js';
import { call } from './made.js';

const [file = '', first = '0'] = process.argv.slice(2);
const store = await openStore({ file });
let number = Number(first);

async function send(): Promise<void> {
  for (;;) {
    const numbers = Array.from({ length: 1 + (number % 7) }, (_, index) => number + index);
    number += numbers.length;
    const spans = numbers.map((own) => ({
      ...call(0.001),
      name: String(own),
      spanId: own.toString(16).padStart(16, '0'),
    }));
    await store.add(spans);
    // A sender that got no answer sends the same again.
    if (number % 3 === 0) await store.add(spans);
    process.stdout.write(`${numbers.join('\n')}\n`);
  }
}

await Promise.all([send(), send(), send()]);

/**
 * Runs every pair and writes how each came out to support.json, from which the tables by client are made. What is wrong
 * is printed, and not written.
 *
 *   node integration/real-sdks/support.js
 */
import { writeFileSync } from 'node:fs';
import { PAIRS, pairName } from './matrix.js';
import { startProvider } from './provider/server.js';
import { runPair } from './run-pair.js';
import { versions } from './versions.js';

/** Processes at a time: each is busy loading its libraries for most of its run. */
const PARALLEL = 2;

const provider = await startProvider();
const verdicts = {};
const waiting = [...PAIRS];
await Promise.all(
  Array.from({ length: PARALLEL }, async () => {
    for (let pair = waiting.shift(); pair !== undefined; pair = waiting.shift()) {
      verdicts[pairName(pair)] = await runPair(provider, pair);
    }
  }),
);
await provider.close();

let wrong = 0;
for (const [pair, scenarios] of Object.entries(verdicts)) {
  for (const [scenario, verdict] of Object.entries(scenarios)) {
    if (!verdict.startsWith('wrong')) continue;
    wrong += 1;
    console.log(`${pair}, ${scenario}: ${verdict}`);
  }
}
if (wrong === 0) {
  const sorted = Object.fromEntries(PAIRS.map((pair) => [pairName(pair), verdicts[pairName(pair)]]));
  const date = new Date().toISOString().slice(0, 10);
  const support = { date, versions: versions(), verdicts: sorted };
  writeFileSync(new URL('support.json', import.meta.url), `${JSON.stringify(support, null, 2)}\n`);
}
process.exit(wrong === 0 ? 0 : 1);

/**
 * Compares what two builds say in all scenarios, row by row, and prints the differences by kind: how often each is there,
 * and the smallest trace that has it as a tree, old → new. Ends with code 1 when there is a kind that nobody has accepted.
 *
 *   node test/differences/compare.mjs [scenario…] [--seeds from..to] [--old module] [--new module] [--all] [--kinds 40]
 *
 * Default: the frozen build of test/fixtures against `dist/index.js`, all scenarios, seeds 1..2000. What is meant to differ
 * is in expected.mjs. Both builds price with the price list that is installed now.
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { accepted, masks, renames, rowRenames } from './expected.mjs';
import { scenarioNames, startScenario } from './run.mjs';
import { Report } from './support/report.mjs';
import { tracesIn } from './support/traces.mjs';

const pathOf = (relative) => fileURLToPath(new URL(relative, import.meta.url));

const { values, positionals } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1..2000' },
    old: { type: 'string', default: pathOf('../fixtures/build-before-settlement.mjs') },
    new: { type: 'string', default: pathOf('../../dist/index.js') },
    all: { type: 'boolean', default: false },
    kinds: { type: 'string', default: '40' },
  },
  allowPositionals: true,
});

const report = new Report({ renames, rowRenames, masks, accepted });
for (const name of positionals.length > 0 ? positionals : scenarioNames()) {
  const begun = performance.now();
  const traces = report.traces;
  await compare(name);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.error(`${name}: ${report.traces - traces} traces, ${seconds} s`);
}
console.log(report.text({ all: values.all, most: Number(values.kinds) }));
process.exit(report.open.length > 0 ? 1 : 0);

/** Both builds run one scenario at the same time; their traces come in the same order. */
async function compare(name) {
  const children = [values.old, values.new].map((module) => startScenario(module, name, values.seeds));
  const ended = children.map((child) => once(child, 'close'));
  const [before, after] = children.map((child) => tracesIn(child.stdout));
  for (;;) {
    const [one, other] = await Promise.all([before.next(), after.next()]);
    if (one.done && other.done) break;
    if (one.value?.place !== other.value?.place) {
      throw new Error(`${name}: ${one.value?.place ?? 'nothing'} beside ${other.value?.place ?? 'nothing'}`);
    }
    report.add(one.value.lines, other.value.lines);
  }
  for (const [code] of await Promise.all(ended)) {
    if (code !== 0) throw new Error(`${name} ended with code ${code}`);
  }
}

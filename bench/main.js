/**
 * The cost of metering, as ratios to the bare SDK doing the same, measured in turns in one process per row.
 *
 *   npm run bench [-- <part of a row's name>…]
 *
 * `null` is the bare SDK relative to another instance of itself: it shows how far a ratio can differ from 1 by
 * chance. Exits with 1 when a row exceeds its target.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { rowNames } from './rows.js';

/** The collector's helper threads spin when the machine is busy, and CPU time counts that. */
const FLAGS = ['--expose-gc', '--single-threaded-gc'];
/** Young objects are not promoted during a turn, so the heap's growth equals the allocation. */
const BYTES_FLAGS = [...FLAGS, '--min-semi-space-size=64', '--max-semi-space-size=64'];

const filters = process.argv.slice(2);
const chosen = rowNames.filter((name) => filters.length === 0 || filters.some((part) => name.includes(part)));
if (chosen.length === 0) {
  console.error(`No row's name contains ${filters.join(' or ')}. Rows:\n${rowNames.join('\n')}`);
  process.exit(2);
}

console.log(`Node ${process.versions.node}, ratios of CPU time unless the row says otherwise\n`);
console.log(line('row', 'target', 'measured', 'null', '', ''));
let over = 0;
for (const name of chosen) {
  const row = measure(name);
  if (row.target !== undefined && (row.ratio ?? row.value) > row.target) over += 1;
  console.log(print(name, row));
}
if (over > 0) process.exitCode = 1;

function measure(name) {
  const script = fileURLToPath(new URL('run-row.js', import.meta.url));
  const flags = name.includes('bytes allocated') ? BYTES_FLAGS : FLAGS;
  const child = spawnSync(process.execPath, [...flags, script, name], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`${name} could not be measured:\n${child.stderr}`);
  return JSON.parse(child.stdout);
}

function print(name, { ratio, nullRatio, value, unit, target, detail, digits = 2 }) {
  const measured = ratio ?? value;
  const show = (number) =>
    number === undefined ? '' : unit === undefined ? number.toFixed(digits) : `${Math.round(number)} ${unit}`;
  const verdict = target === undefined ? '' : measured <= target ? 'ok' : 'over';
  const nullText = nullRatio === undefined ? '' : nullRatio.toFixed(2);
  return line(name, show(target), show(measured), nullText, verdict, detail);
}

function line(name, target, measured, nullRatio, verdict, detail) {
  const cells = [name.padEnd(38), target.padStart(9), measured.padStart(9), nullRatio.padStart(6)];
  return [...cells, verdict.padEnd(5), detail].join('  ').trimEnd();
}

/**
 * Writes `deploy/dashboards/*.json` from their definitions in `scripts/dashboards/`. With `--check` it writes nothing, and
 * fails if a file is not what its definition says.
 *
 *   node scripts/dashboards.mjs
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { clickhouse } from './dashboards/clickhouse.mjs';
import { finops } from './dashboards/finops.mjs';
import { live } from './dashboards/live.mjs';
import { savings } from './dashboards/savings.mjs';
import { tasks } from './dashboards/tasks.mjs';

const isCheck = process.argv.includes('--check');
for (const dashboard of [live, tasks, savings, finops, clickhouse]) {
  const name = `deploy/dashboards/${dashboard.uid}.json`;
  const file = new URL(`../${name}`, import.meta.url);
  const json = `${JSON.stringify(dashboard, null, 2)}\n`;
  if (!isCheck) writeFileSync(file, json);
  else if (readFileSync(file, 'utf8') !== json) {
    console.error(`${name} is not what scripts/dashboards says: run node scripts/dashboards.mjs`);
    process.exitCode = 1;
  }
}

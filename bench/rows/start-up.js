/**
 * The delay of the app's start by `import 'otel-agent-cost'`, relative to the import of the OpenTelemetry API that
 * it needs.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from '../measure.js';

/** 40 ms compared with 15 ms for the API alone: machines differ by more than that. */
const TARGET = 40 / 15;
const ROUNDS = 15;
const FOLDER = fileURLToPath(new URL('../', import.meta.url));

/** Milliseconds, in a separate process, because an imported module is not loaded again. */
function importMillis(name) {
  const program = `const start = performance.now();
    import('${name}').then(() => console.log(performance.now() - start));`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--eval', program], {
    cwd: FOLDER,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

async function importingTheRoot() {
  const names = ['@opentelemetry/api', 'otel-agent-cost', '@opentelemetry/api'];
  const millis = names.map(() => []);
  // The first round fills the file cache.
  for (let round = -1; round < ROUNDS; round++) {
    for (const [index, name] of names.entries()) {
      const taken = importMillis(name);
      if (round >= 0) millis[index].push(taken);
    }
  }
  const [api, root, again] = millis.map(median);
  return {
    ratio: root / api,
    nullRatio: again / api,
    target: TARGET,
    detail: `${api.toFixed(1)} ms for the API, ${root.toFixed(1)} ms with it`,
  };
}

export const rows = { 'importing the root': importingTheRoot };

export const prepare = () => {};

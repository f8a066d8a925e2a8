/**
 * A process under load, with the package and with the bare SDK: its memory, what it leaves open, how many of its spans
 * arrive, and whether all totals are right.
 *
 *   node integration/chaos/soak.mjs <package.tgz, or a build like dist>
 *
 * 1,000 tasks a second, for SOAK_SECONDS (60), in each of the two processes at the same time: whatever else the machine does
 * delays both. Ends with `N passed, N failed, N skipped`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { installApp } from './soak/install.mjs';

const TASKS_PER_SECOND = 1_000;
const seconds = Number(process.env.SOAK_SECONDS ?? 60);

/**
 * The heap may grow by so much a task between the middle and the end of the load, in bytes: an entry of a table with the id
 * of its task takes 80 or more.
 */
const MAX_HEAP_BYTES_A_TASK = 50;

/** More or less, after a forced collection: 3 bytes a task in a minute of load. */
const HEAP_NOISE_BYTES = 100_000;

/** A process that has printed its figures has nothing to do; `register` waits for its exporters for five seconds. */
const END_MILLIS = 10_000;

const package_ = process.argv[2];
if (package_ === undefined) {
  console.error('Usage: node integration/chaos/soak.mjs <package.tgz, or a build like dist>');
  process.exit(2);
}

const checks = [];
const check = (name, ok, detail = '') => {
  checks.push(ok);
  console.log(`${ok ? 'ok     ' : 'FAILED '} ${name}${detail === '' ? '' : `: ${detail}`}`);
};
const equal = (name, actual, expected) => check(name, actual === expected, `${actual} of ${expected}`);

const app = installApp(package_);
const receiver = await startReceiver();
const processes = [start('bare', []), start('metered', ['--import', 'otel-agent-cost/register'])];
try {
  console.log(
    `Node.js ${process.versions.node}, ${TASKS_PER_SECOND} tasks a second for ${seconds} s in each process`,
  );
  await Promise.all(processes.map(({ ready }) => ready));
  for (const { begin } of processes) begin();
  const [bare, metered] = await Promise.all(processes.map(({ figures }) => figures()));
  for (const each of [bare, metered]) checkProcess(each);
  checkTotals(metered);
  printDelays(bare, metered);
} finally {
  for (const { child } of [receiver, ...processes]) child.kill('SIGKILL');
  app.remove();
}
const failed = checks.filter((ok) => !ok).length;
console.log(`${checks.length - failed} passed, ${failed} failed, 0 skipped`);
process.exit(failed === 0 ? 0 : 1);

async function startReceiver() {
  const child = spawn(process.execPath, [join(app.folder, 'receiver.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, url };
}

function start(kind, nodeArguments) {
  const args = ['--expose-gc', ...nodeArguments, 'app.mjs', kind, String(TASKS_PER_SECOND), String(seconds)];
  const child = spawn(process.execPath, args, {
    cwd: app.folder,
    env: {
      PATH: process.env.PATH,
      OTEL_SERVICE_NAME: kind,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_METRIC_EXPORT_INTERVAL: '5000',
      OTEL_AGENT_COST_CONFIG: './agent-cost.json',
    },
  });
  // One that ended early says so below.
  child.stdin.on('error', () => {});
  const lines = [];
  const stdout = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const [stderr, closed] = [text(child.stderr), once(child, 'close')];
  return {
    child,
    ready: Promise.race([once(stdout, 'line'), closed]),
    begin: () => child.stdin.write('begin\n'),
    async figures() {
      await Promise.race([once(stdout, 'line'), closed]);
      const late = setTimeout(() => child.kill('SIGKILL'), END_MILLIS);
      const [code, signal] = await closed;
      clearTimeout(late);
      if (lines.length < 2) throw new Error(`the process ${kind} ended with ${code}:\n${await stderr}`);
      const received = await (await fetch(`${receiver.url}/figures/${kind}`)).json();
      return { kind, end: signal ?? code, stderr: await stderr, received, ...JSON.parse(lines[1]) };
    },
  };
}

function checkProcess({ kind, end, stderr, received, made, heap, handles }) {
  console.log(`\n${kind}: ${made.tasks} tasks, ${made.spans} spans`);
  const maxBytes = MAX_HEAP_BYTES_A_TASK + HEAP_NOISE_BYTES / ((seconds / 2) * TASKS_PER_SECOND);
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  check(
    `heap grows by at most ${maxBytes.toFixed(0)} bytes a task`,
    heap.bytesPerTask <= maxBytes,
    `${heap.bytesPerTask.toFixed(1)}; ${megabytes(heap.middleBytes)} in the middle, ${megabytes(heap.endBytes)} at the end`,
  );
  check(
    'handles and files at the end are those of the start',
    handles.isSettled,
    `${JSON.stringify(handles.start)}, ${JSON.stringify(handles.end)}`,
  );
  equal('spans delivered', received.spans, made.spans);
  equal('spans delivered once', received.arrivals, made.spans);
  check('nothing is printed', stderr === '', stderr.trim());
  check('it ends by itself', end === 0, String(end));
}

function checkTotals({ received, made }) {
  equal('own costs add up to what was spent, pico-dollars', received.ownPico, made.pico);
  equal('so do the totals of tasks', received.taskPico, made.pico);
  equal('so does the ledger in metrics', received.metrics.pico, made.pico);
  equal('calls in metrics', received.metrics.calls, 2 * made.tasks);
  equal('lost spans in metrics', received.metrics.lostSpans, 0);
}

/** Not asserted: how late an event loop is depends on what else the machine does. */
function printDelays(bare, metered) {
  console.log('\nevent-loop delay, ms           bare   metered     ratio');
  for (const name of Object.keys(bare.delayMillis)) {
    printRow(name, bare.delayMillis[name], metered.delayMillis[name]);
  }
  printRow('CPU of main thread, s', bare.cpuSeconds, metered.cpuSeconds);
}

function printRow(name, bareValue, meteredValue) {
  const cells = [bareValue, meteredValue, meteredValue / bareValue].map((value) =>
    value.toFixed(2).padStart(9),
  );
  console.log(name.padEnd(24), ...cells);
}

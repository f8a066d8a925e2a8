/**
 * Three workers share the tasks. `node threads.mjs <end> <tasks>`: ends of the main thread while the workers wait, or
 * of the workers (`worker-…`), after which the main thread returns.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { withTask, withTool } from 'otel-agent-cost';
import { ENDS } from './ends.mjs';

const WORKERS = 3;

if (isMainThread) {
  const [end, tasks] = process.argv.slice(2);
  const ofWorker = end.startsWith('worker-') ? end.slice('worker-'.length) : 'wait';
  const workers = Array.from({ length: WORKERS }, () => {
    const workerData = { end: ofWorker, tasks: Number(tasks) / WORKERS };
    return new Worker(new URL(import.meta.url), { workerData, stdout: true });
  });
  // A worker that breaks must not take the main thread along.
  for (const worker of workers) worker.on('error', () => {});
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))));
  if (end.startsWith('terminate')) await Promise.all(workers.map((worker) => worker.terminate()));
  if (end === 'terminate-and-wait') ENDS.wait();
  else if (!end.startsWith('terminate') && !end.startsWith('worker-')) ENDS[end]();
} else {
  for (let task = 0; task < workerData.tasks; task++) {
    withTask('work', () => withTool({ name: 'search', costUsd: 0.01 }, () => 1));
  }
  parentPort.postMessage('done');
  ENDS[workerData.end]();
}

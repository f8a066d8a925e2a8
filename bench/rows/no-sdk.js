/** Our wrappers without a registered SDK, relative to the API's own no-op spans. */
import { trace } from '@opentelemetry/api';
import { compareCpu } from '../measure.js';
import { foreignTask, foreignTaskAsync, TASK_SPANS, wrappedTask, wrappedTaskAsync } from '../workload.js';

/** From Node 24, promises cost an app nothing if nothing tracks context, and wrappers have to. */
const TARGET = Number.parseInt(process.versions.node, 10) >= 24 ? 4 : 2;

async function row(task, wrapped) {
  const tracer = trace.getTracer('bench');
  const result = await compareCpu({ a: task(tracer), b: wrapped, control: task(tracer) });
  const nanos = (millis) => Math.round((millis * 1e6) / TASK_SPANS);
  return {
    ...result,
    target: TARGET,
    detail: `${nanos(result.millisA)} -> ${nanos(result.millisB)} ns/span`,
  };
}

export const rows = {
  'no SDK, sync': () => row(foreignTask, wrappedTask),
  'no SDK, async': () => row(foreignTaskAsync, wrappedTaskAsync),
};

export function prepare() {}

/**
 * Our wrappers without a registered SDK, in nanoseconds a call. A ratio to the API's own no-op spans says nothing: the
 * compiler may leave those out altogether.
 */
import { trace } from '@opentelemetry/api';
import { compareCpu } from '../measure.js';
import { foreignTask, foreignTaskAsync, TASK_SPANS, wrappedTask, wrappedTaskAsync } from '../workload.js';

async function row(task, wrapped, target) {
  const tracer = trace.getTracer('bench');
  const { millisA, millisB, nullRatio } = await compareCpu({
    a: task(tracer),
    b: wrapped,
    control: task(tracer),
  });
  const nanos = (millis) => Math.round((millis * 1e6) / TASK_SPANS);
  return {
    value: nanos(millisB),
    unit: 'ns',
    target,
    nullRatio,
    detail: `a call; the API's own no-op span ${nanos(millisA)} ns`,
  };
}

export const rows = {
  'no SDK, sync': () => row(foreignTask, wrappedTask, 600),
  'no SDK, async': () => row(foreignTaskAsync, wrappedTaskAsync),
};

export function prepare() {}

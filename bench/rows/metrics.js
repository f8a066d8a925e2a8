/** Wrappers and processor with a meter provider that collects their metrics, relative to the bare SDK. */
import { metrics } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { compareCpu } from '../measure.js';
import { bareTracer, registerMeteredProvider, useContextManager } from '../setup.js';
import { foreignTask, TASK_SPANS, wrappedTask } from '../workload.js';

export const rows = {
  'wrappers + processor + metrics, sync': async () => {
    registerMeteredProvider();
    metrics.setGlobalMeterProvider(new MeterProvider());
    const work = { a: foreignTask(bareTracer()), b: wrappedTask, control: foreignTask(bareTracer()) };
    const result = await compareCpu(work);
    const nanos = (millis) => Math.round((millis * 1e6) / TASK_SPANS);
    return {
      ...result,
      target: 1.35,
      detail: `${nanos(result.millisA)} -> ${nanos(result.millisB)} ns/span`,
    };
  },
};

export const prepare = useContextManager;

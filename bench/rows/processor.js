/** Our processor on spans of other instrumentations, relative to the bare SDK. */
import { KeysAlone } from '../keys-alone.js';
import { compareBytes, compareCpu } from '../measure.js';
import { MIXED_SPANS, mixedTask } from '../mixed.js';
import {
  bareProvider,
  bareTracer,
  meteredProvider,
  registerMeteredProvider,
  useContextManager,
} from '../setup.js';
import { foreignTask, foreignTaskAsync, TASK_SPANS, wrappedTask, wrappedTaskAsync } from '../workload.js';

function spanDetail({ millisA, millisB }, spans = TASK_SPANS) {
  const nanos = (millis) => Math.round((millis * 1e6) / spans);
  return `${nanos(millisA)} -> ${nanos(millisB)} ns/span`;
}

async function cpuRow(task, metered, target) {
  const result = await compareCpu({
    a: task(bareTracer()),
    b: metered,
    control: task(bareTracer()),
  });
  return { ...result, target, detail: spanDetail(result) };
}

async function mixedRow(metered, target) {
  const bare = () => mixedTask(bareProvider());
  const result = await compareCpu({ a: bare(), b: mixedTask(metered), control: bare() });
  return { ...result, target, detail: spanDetail(result, MIXED_SPANS) };
}

async function bytesRow(metered, target) {
  const work = { a: foreignTask(bareTracer()), b: metered, control: foreignTask(bareTracer()) };
  const result = await compareBytes(work, { repeats: 300 });
  const bytes = (task) => Math.round(task / TASK_SPANS);
  return { ...result, target, detail: `${bytes(result.bytesA)} -> ${bytes(result.bytesB)} bytes/span` };
}

function meteredTracer() {
  return meteredProvider().getTracer('bench');
}

function tracerOfKeys() {
  return bareTracer([new KeysAlone()]);
}

export const rows = {
  'the keys alone, sync': () => cpuRow(foreignTask, foreignTask(tracerOfKeys())),
  'the keys alone, bytes allocated': () => bytesRow(foreignTask(tracerOfKeys())),
  'processor alone, sync': () => cpuRow(foreignTask, foreignTask(meteredTracer()), 1.25),
  'processor alone, async': () => cpuRow(foreignTaskAsync, foreignTaskAsync(meteredTracer()), 1.25),
  'the keys alone, 12 shapes of spans': () => mixedRow(bareProvider([new KeysAlone(mixedTask)])),
  'processor alone, 12 shapes of spans': () => mixedRow(meteredProvider(), 1.4),
  'processor alone, bytes allocated': () => bytesRow(foreignTask(meteredTracer()), 1.35),
  'wrappers + processor, sync': () => {
    registerMeteredProvider();
    return cpuRow(foreignTask, wrappedTask, 1.3);
  },
  'wrappers + processor, async': () => {
    registerMeteredProvider();
    return cpuRow(foreignTaskAsync, wrappedTaskAsync, 1.3);
  },
  'wrappers + processor, bytes allocated': () => {
    registerMeteredProvider();
    return bytesRow(wrappedTask, undefined);
  },
};

export const prepare = useContextManager;

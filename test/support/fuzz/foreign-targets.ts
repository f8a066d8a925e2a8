/** Spans as other instrumentations write them, well or badly, and the processor's own methods. */
import { ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { CostSpanProcessor } from '../../../src/index.js';
import { SPAN_KEYS, SPAN_SHAPES, WRITTEN } from './keys.js';
import type { Random } from './random.js';
import { mutated, primitive, record, value } from './values.js';

/** A span with any of the attributes that are read, set in the SDK's way or past it. */
export async function foreignSpan(random: Random): Promise<void> {
  const tracer = trace.getTracer('another-instrumentation');
  const attributes = random.chance(0.7) ? mutated(random, random.pick(SPAN_SHAPES), 0) : {};
  const depth = random.int(3);
  const open = (level: number): void =>
    tracer.startActiveSpan(`foreign ${level}`, (span) => {
      if (random.chance(0.8)) set(random, span, attributes);
      const count = random.int(4);
      for (let at = 0; at < count; at++) set(random, span, { [random.pick(SPAN_KEYS)]: value(random, 1) });
      if (level < depth) open(level + 1);
      if (random.chance(0.2)) span.setStatus({ code: 2, message: 'failed' });
      span.end();
    });
  open(0);
}

function set(random: Random, span: Span, attributes: unknown): void {
  if (typeof attributes !== 'object' || attributes === null) return;
  const past: unknown = random.chance(0.3) && 'attributes' in span ? span.attributes : undefined;
  for (const key of Object.keys(attributes).filter((name) => !WRITTEN.test(name))) {
    const given: unknown = Reflect.get(attributes, key);
    if (typeof past === 'object' && past !== null) Reflect.set(past, key, given);
    else if (isAttribute(given)) span.setAttribute(key, given);
  }
}

function isAttribute(given: unknown): given is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof given);
}

/** The SDK calls these; another processor in front of ours may hand over anything. */
export async function processorMethods(random: Random): Promise<void> {
  const processor = new CostSpanProcessor();
  const methods: readonly ((...args: never[]) => unknown)[] = [
    processor.onStart,
    processor.onEnding,
    processor.onEnd,
  ];
  const span = random.chance(0.5) ? spanLike(random) : record(random);
  for (const method of methods) Reflect.apply(method, processor, [span, ROOT_CONTEXT]);
  await processor.forceFlush();
  await processor.shutdown();
}

function spanLike(random: Random): object {
  return {
    attributes: value(random, 2),
    name: primitive(random),
    startTime: primitive(random),
    spanContext: () => ({ traceId: '1', spanId: '2', traceFlags: 1 }),
    isRecording: () => true,
    setAttribute: () => undefined,
  };
}

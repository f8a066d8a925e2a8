/**
 * A processor that does nothing but write, on each span, the attributes that ours writes there: what the attributes
 * cost by themselves, whoever works them out.
 */
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { CostSpanProcessor } from 'otel-agent-cost';
import { TOOLS, tracerOf } from './setup.js';
import { foreignTask } from './workload.js';

export class KeysAlone {
  written = writtenByName();

  onStart() {}

  onEnding(span) {
    for (const [key, value] of this.written.get(span.name)) span.setAttribute(key, value);
  }

  onEnd() {}

  async forceFlush() {}

  async shutdown() {}
}

/** What the same task carries with our processor and without, by the name of the span. */
function writtenByName() {
  const metered = attributesByName([new CostSpanProcessor({ tools: TOOLS })]);
  const bare = attributesByName([]);
  const added = ([name, attributes]) => [
    name,
    Object.entries(attributes).filter(([key]) => !(key in bare.get(name))),
  ];
  return new Map([...metered].map(added));
}

function attributesByName(before) {
  const exporter = new InMemorySpanExporter();
  foreignTask(tracerOf([...before, new SimpleSpanProcessor(exporter)]))();
  for (const processor of before) processor.shutdown();
  return new Map(exporter.getFinishedSpans().map(({ name, attributes }) => [name, attributes]));
}

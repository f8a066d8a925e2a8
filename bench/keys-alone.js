/**
 * A processor that only writes the attributes that ours writes on each span: the cost of the attributes alone,
 * however they are computed.
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

/** The attributes of the same task with and without our processor, by span name. */
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

/**
 * A processor that only writes the attributes that ours writes on each span: the cost of the attributes alone,
 * however they are computed.
 */
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { CostSpanProcessor } from 'otel-agent-cost';
import { providerOf, TOOLS } from './setup.js';
import { foreignTask } from './workload.js';

export class KeysAlone {
  /** `task` makes the work from a provider. */
  constructor(task = (provider) => foreignTask(provider.getTracer('bench'))) {
    this.written = writtenByName(task);
  }

  onStart() {}

  onEnding(span) {
    for (const [key, value] of this.written.get(span.name)) span.setAttribute(key, value);
  }

  onEnd() {}

  async forceFlush() {}

  async shutdown() {}
}

/** The attributes of the same task with and without our processor, by span name. */
function writtenByName(task) {
  const metered = attributesByName(task, [new CostSpanProcessor({ tools: TOOLS })]);
  const bare = attributesByName(task, []);
  const added = ([name, attributes]) => [
    name,
    Object.entries(attributes).filter(([key]) => !(key in bare.get(name))),
  ];
  return new Map([...metered].map(added));
}

function attributesByName(task, before) {
  const exporter = new InMemorySpanExporter();
  task(providerOf([...before, new SimpleSpanProcessor(exporter)]))();
  for (const processor of before) processor.shutdown();
  return new Map(exporter.getFinishedSpans().map(({ name, attributes }) => [name, attributes]));
}

/** VoltAgent registers its own provider. Unless told otherwise, it shows processors nothing but its own spans. */
let observability;

export async function startProvider({ spanProcessors, load }) {
  const { VoltAgentObservability } = await load('@voltagent/core');
  observability = new VoltAgentObservability({ spanFilters: { enabled: false }, spanProcessors });
  const { trace } = await load('@opentelemetry/api');
  return trace.getTracerProvider();
}

export function ownObservability() {
  return observability;
}

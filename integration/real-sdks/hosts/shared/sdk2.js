/** SDK 2.x with our processor, and the spans that were exported. */
export async function startSdk2({ api, load, processors = [] }) {
  const { AsyncLocalStorageContextManager } = await load('@opentelemetry/context-async-hooks');
  const { BasicTracerProvider } = await load('@opentelemetry/sdk-trace-base');
  const { CostSpanProcessor } = await load('otel-agent-cost');
  const provider = new BasicTracerProvider({ spanProcessors: [new CostSpanProcessor(), ...processors] });
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  api.trace.setGlobalTracerProvider(provider);
  return provider;
}

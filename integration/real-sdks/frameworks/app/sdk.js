/** The OpenTelemetry SDK of the app, of the version in its folder, with the cost processor behind a look at every span. */

/** Keeps what an instrumentation wrote: listed before the cost processor, it sees each span as that one gets it. */
class Recorder {
  scenario = undefined;
  raw = new Map();
  ended = new Map();
  started = new Map();

  onStart(span) {
    this.started.set(span.spanContext().spanId, this.scenario);
  }

  onEnding(span) {
    this.raw.set(span.spanContext().spanId, { ...span.attributes });
  }

  onEnd(span) {
    const { spanId } = span.spanContext();
    const scenario = this.started.get(spanId) ?? this.scenario;
    const spans = this.ended.get(scenario) ?? [];
    this.ended.set(scenario, spans);
    spans.push({ span, raw: this.raw.get(spanId) });
    this.raw.delete(spanId);
    this.started.delete(spanId);
  }

  forceFlush() {
    return Promise.resolve();
  }

  shutdown() {
    return Promise.resolve();
  }
}

/** A folder whose framework brings an SDK of its own has a sdk.js: `startProvider({ spanProcessors, load })`. */
export async function startSdk({ load, fileOf, instrumentation }) {
  const { CostSpanProcessor } = await load('otel-agent-cost');
  const recorder = new Recorder();
  const spanProcessors = [recorder, new CostSpanProcessor()];
  const { startProvider } = await ownSdk(fileOf);
  const provider = await startProvider({ spanProcessors, load, instrumentation });
  return {
    provider,
    begin: (scenario) => {
      recorder.scenario = scenario;
    },
    flush: () => provider?.forceFlush?.(),
    /** The spans that were started in a scenario, whichever their trace, in the order they ended. */
    take: (scenario) => {
      const spans = recorder.ended.get(scenario) ?? [];
      recorder.ended.delete(scenario);
      return spans.map(({ span, raw }) => ({
        name: span.name,
        id: span.spanContext().spanId,
        parent: span.parentSpanContext?.spanId ?? span.parentSpanId,
        attributes: span.attributes,
        raw: raw ?? {},
      }));
    },
  };
}

async function ownSdk(fileOf) {
  const own = await fileOf('sdk.js').catch((error) => {
    if (error.code === 'ERR_MODULE_NOT_FOUND' && error.url?.endsWith('/sdk.js')) return undefined;
    throw error;
  });
  return own ?? { startProvider: startDefault };
}

async function startDefault({ spanProcessors, load }) {
  const { context, trace } = await load('@opentelemetry/api');
  const { AsyncLocalStorageContextManager } = await load('@opentelemetry/context-async-hooks');
  const { TracerProvider } = await load('@opentelemetry/sdk-trace').catch(async () => {
    const { BasicTracerProvider } = await load('@opentelemetry/sdk-trace-base');
    return { TracerProvider: BasicTracerProvider };
  });
  const provider = new TracerProvider({ spanProcessors });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  return provider;
}

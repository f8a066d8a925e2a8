/**
 * An app with one client library and one instrumentation: runs every scenario of the client against the provider
 * and hands the spans to its parent process.
 *
 *   node app/main.js '{"client":"openai-chat","instrumentation":"none","wrapped":false,"url":"http://…/run"}'
 */
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { withLlm } from 'otel-agent-cost';
import { instrument } from './instrumentations.js';
import { startSdk } from './sdk.js';

/** Instrumentations may end a span a little after the call they watch; some read on what the app has broken off. */
const SETTLE_MILLIS = 30;
const SETTLE_MILLIS_BROKEN = 400;

// LangChain tells its tracers of calls in the background, and so of parallel ones below each other's spans.
process.env.LANGCHAIN_CALLBACKS_BACKGROUND = 'false';

const { client, instrumentation, wrapped, url } = JSON.parse(process.argv[2]);
const sdk = startSdk();
await instrument(instrumentation, sdk.provider);
const { createScenarios } = await import(`./clients/${client}.js`);
const scenarios = await createScenarios({
  urlOf: (scenario) => `${url}/${scenario}`,
  hasTelemetry: instrumentation !== 'none',
  instrumentation,
  call: wrapped ? withLlm : (_options, fn) => fn(),
});

const tracer = trace.getTracer('app');
const results = {};
for (const [name, run] of Object.entries(scenarios)) results[name] = await runScenario(name, run);
process.send(results, () => process.exit(0));

/** Below a span that is nobody's LLM or agent span, as in a web server. What the client throws is its own affair. */
function runScenario(name, run) {
  return tracer.startActiveSpan(`app ${name}`, async (root) => {
    try {
      await run();
    } catch {
      root.setStatus({ code: SpanStatusCode.ERROR });
    }
    await new Promise((resolve) =>
      setTimeout(resolve, name === 'aborted' ? SETTLE_MILLIS_BROKEN : SETTLE_MILLIS),
    );
    root.end();
    return sdk.take(root.spanContext().traceId);
  });
}

/** Each is set up before the client is loaded, as `registerInstrumentations` does. */
export const INSTRUMENTS = {
  'anthropic-built-in': () => {},
  'openllmetry-genai': (app) =>
    hook(app, '@traceloop/instrumentation-google-generativeai', 'GenAIInstrumentation'),
  // Mistral's client makes spans when it is told where to.
  'mistral-built-in': ({ provider, require }) =>
    require('@mistralai/mistralai/extra/observability').registerTracerProvider(provider),
};

function hook({ provider, require }, packageName, className) {
  const Instrumentation = require(packageName)[className];
  new Instrumentation().setTracerProvider(provider);
}

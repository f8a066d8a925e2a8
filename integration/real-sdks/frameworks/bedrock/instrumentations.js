/** Each is set up before the client is loaded, as `registerInstrumentations` does. */
export const INSTRUMENTS = {
  'opentelemetry-aws': (app) => hook(app, '@opentelemetry/instrumentation-aws-sdk', 'AwsInstrumentation'),
  'openllmetry-bedrock': (app) => hook(app, '@traceloop/instrumentation-bedrock', 'BedrockInstrumentation'),
  'openinference-bedrock': (app) =>
    hook(app, '@arizeai/openinference-instrumentation-bedrock', 'BedrockInstrumentation'),
};

function hook({ provider, require }, packageName, className) {
  const Instrumentation = require(packageName)[className];
  new Instrumentation().setTracerProvider(provider);
}

/** Instrumentations, each set up before the client library is loaded. */
import { createRequire } from 'node:module';
import { metrics, trace } from '@opentelemetry/api';

const require = createRequire(import.meta.url);

const SET_UPS = {
  none: () => {},
  'anthropic-built-in': () => {
    delete process.env.ANTHROPIC_OPEN_TELEMETRY;
  },
  'opentelemetry-openai': () => hook('@opentelemetry/instrumentation-openai', 'OpenAIInstrumentation'),
  'openllmetry-openai': () => hook('@traceloop/instrumentation-openai', 'OpenAIInstrumentation'),
  'openinference-openai': () =>
    hook('@arizeai/openinference-instrumentation-openai', 'OpenAIInstrumentation'),
  'openllmetry-anthropic': () => hook('@traceloop/instrumentation-anthropic', 'AnthropicInstrumentation'),
  'openinference-anthropic': () =>
    hook('@arizeai/openinference-instrumentation-anthropic', 'AnthropicInstrumentation'),
  'ai-sdk-6-telemetry': () => {},
  'ai-sdk-7-otel': async () => registerAiSdk('OpenTelemetry'),
  'ai-sdk-7-otel-legacy': async () => registerAiSdk('LegacyOpenTelemetry'),
  'openinference-langchain': () => {
    const { LangChainInstrumentation } = require('@arizeai/openinference-instrumentation-langchain');
    new LangChainInstrumentation().manuallyInstrument(require('@langchain/core/callbacks/manager'));
  },
  'openllmetry-langchain': () => {
    const { LangChainInstrumentation } = require('@traceloop/instrumentation-langchain');
    const callbackManagerModule = require('@langchain/core/callbacks/manager');
    new LangChainInstrumentation().manuallyInstrument({ callbackManagerModule });
  },
  'openinference-agents': (provider) => {
    const { OpenAIAgentsInstrumentation } = require('@arizeai/openinference-instrumentation-openai-agents');
    new OpenAIAgentsInstrumentation({ tracerProvider: provider }).manuallyInstrument(
      require('@openai/agents'),
    );
  },
};

/** @param names one or more, with `+` between them */
export async function instrument(names, provider) {
  // Anthropic's client makes spans of its own unless it is told not to.
  process.env.ANTHROPIC_OPEN_TELEMETRY = 'false';
  for (const name of names.split('+')) await SET_UPS[name](provider);
}

/** Version 6 of a client is installed beside 7 under a name of its own, under which its modules are hooked. */
const OTHER_NAMES = { openai: ['openai', 'openai6'] };

/** Makes an instrumentation that patches a client when it is loaded, and gives it what `registerInstrumentations` does. */
function hook(packageName, className) {
  const Instrumentation = require(packageName)[className];
  class NamedInstrumentation extends Instrumentation {
    init() {
      return [super.init()].flat().flatMap((definition) => {
        const names = OTHER_NAMES[definition.name] ?? [definition.name];
        return names.map((name) => ({ ...definition, name, patch: guarded(definition) }));
      });
    }
  }
  const instrumentation = new NamedInstrumentation();
  instrumentation.setTracerProvider(trace.getTracerProvider());
  instrumentation.setMeterProvider(metrics.getMeterProvider());
}

/** A patch runs inside the app's `require`. One that does not fit the client's version would end the app there. */
function guarded(definition) {
  return (moduleExports, ...rest) => {
    try {
      return definition.patch(moduleExports, ...rest);
    } catch {
      return moduleExports;
    }
  };
}

async function registerAiSdk(className) {
  const { registerTelemetry } = await import('ai7');
  const otel = await import('@ai-sdk/otel');
  registerTelemetry(new otel[className]());
}

import { instrument } from './sdk-module.js';

/** `query` is an export of an ES module: the app gets it from the object that the instrumentation patched. */
export const INSTRUMENTS = {
  openinference: ({ provider, require }) => {
    const {
      ClaudeAgentSDKInstrumentation,
    } = require('@arizeai/openinference-instrumentation-claude-agent-sdk');
    const instrumentation = new ClaudeAgentSDKInstrumentation();
    instrumentation.setTracerProvider(provider);
    instrument((sdk) => instrumentation.manuallyInstrument(sdk));
  },
};

export const INSTRUMENTS = {
  'openinference-langchain': ({ require }) => {
    const { LangChainInstrumentation } = require('@arizeai/openinference-instrumentation-langchain');
    new LangChainInstrumentation().manuallyInstrument(require('@langchain/core/callbacks/manager'));
  },
  'openllmetry-langchain': ({ require }) => {
    const { LangChainInstrumentation } = require('@traceloop/instrumentation-langchain');
    const callbackManagerModule = require('@langchain/core/callbacks/manager');
    new LangChainInstrumentation().manuallyInstrument({ callbackManagerModule });
  },
};

export const INSTRUMENTS = {
  'openllmetry-llamaindex': ({ require }) => {
    const { LlamaIndexInstrumentation } = require('@traceloop/instrumentation-llamaindex');
    new LlamaIndexInstrumentation().manuallyInstrument(require('llamaindex'));
  },
};

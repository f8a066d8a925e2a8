// Each client hands the bridge to Mastra where it is told to.
export const INSTRUMENTS = { 'mastra-otel-bridge': () => {} };

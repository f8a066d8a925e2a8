/** ADK makes its spans with the tracer of the API. */
export const INSTRUMENTS = { 'built-in': () => {} };

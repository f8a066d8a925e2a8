/** VoltAgent makes its spans itself. */
export const INSTRUMENTS = { 'built-in': () => {} };

import { clientCalls } from './clients.js';

const NAMES = Object.keys(clientCalls({ OpenAI: Object, Anthropic: Object, url: '' }));

/** The verdict of every call outside of `withLlm`. */
export function bareCalls(verdict) {
  return Object.fromEntries(NAMES.map((name) => [`bare ${name}`, verdict]));
}

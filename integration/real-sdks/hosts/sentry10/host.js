/** Sentry patches OpenAI's and Anthropic's clients, and hands out proxied promises. */
import { bareCalls } from '../shared/bare.js';

export const RUNS = [
  { title: 'its own provider', env: { PROCESSOR: '' }, expected: bareCalls('unseen') },
  { title: 'with our processor', env: { PROCESSOR: 'yes' } },
];

export const COMMON = true;

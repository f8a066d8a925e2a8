/** Sentry patches OpenAI's and Anthropic's clients. Its spans go to no processor of OpenTelemetry. */
import { bareCalls } from '../shared/bare.js';

export const EXPECTED = bareCalls('unseen');

export const RUNS = [
  { title: 'its own provider', env: { OWN_PROVIDER: '' } },
  { title: 'beside the provider of the app', env: { OWN_PROVIDER: 'yes' } },
];

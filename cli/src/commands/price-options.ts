import type { Command } from './command.js';

export const PRICE: Command = {
  name: 'price',
  summary: 'what a call costs: tokens × rate, for a model, a date and a tier',
  options: {
    model: { value: 'MODEL', help: 'the model that answered, such as gpt-4o' },
    provider: { value: 'NAME', help: 'the provider, such as openai; default: guessed by the model' },
    input: { value: 'N', help: 'input tokens, cache reads and writes included' },
    output: { value: 'N', help: 'output tokens, reasoning included' },
    'cache-read': { value: 'N', help: 'input tokens that were read from a cache' },
    'cache-write': { value: 'N', help: 'input tokens that were written to a cache' },
    reasoning: { value: 'N', help: 'output tokens for reasoning' },
    tier: { value: 'TIER', help: 'service tier: batch, flex, priority, …; default: standard' },
    date: {
      value: 'DATE',
      help: 'day or instant of the call, UTC: 2026-11-01, 2026-11-01T02:00Z; default: now',
    },
    overrides: { value: 'FILE', help: 'agent-cost.json with your own rates, aliases and price factors' },
    json: { help: 'print JSON' },
  },
  details:
    'Exit code: 0 with a price, 1 when it is unknown (unknown is not free), 2 for a mistake in the options.',
  load: () => import('./price.js'),
};

import type { Command } from './command.js';

export const FOCUS: Command = {
  name: 'focus',
  summary: 'rows of FOCUS 1.2 from spans: one a token kind and a tool call',
  arguments: '[FILE.json | -]',
  options: {
    db: { value: 'FILE', help: 'a file that the viewer wrote, in place of FILE.json' },
    window: { value: 'TIME', help: 'only what ended in the last 24h, 7d, 30d, …; default: all' },
    out: { value: 'FILE', short: 'o', help: 'write to a file; default: stdout' },
    unpriced: {
      value: 'FILE',
      help: 'write the rows without a known cost here, so that the others conform to FOCUS',
    },
    account: { value: 'ID', help: 'BillingAccountId: the account that the provider bills; default: unknown' },
    overrides: { value: 'FILE', help: 'agent-cost.json with your own rates' },
  },
  details: [
    'FILE.json has OTLP traces: one export request, or one a line, as the Collector writes. "-" is stdin.',
    'Amounts are estimates of list prices or what was reported, not an invoice. Without --unpriced, an unknown',
    'cost is an empty cell, which FOCUS does not allow.',
    'Exit code: 0, 2 for a mistake in the options, 3 when there is no cost or a file cannot be read.',
  ].join('\n'),
  load: () => import('./focus.js'),
};

import type { Command } from './command.js';

export const RECONCILE: Command = {
  name: 'reconcile',
  summary: "a provider's usage or cost export beside our sum, by day and model",
  arguments: 'EXPORT.csv [FILE.json | -]',
  options: {
    db: { value: 'FILE', help: 'a file that the viewer wrote, in place of FILE.json' },
    provider: { value: 'NAME', help: 'openai or anthropic; default: by the header of the export' },
    keys: {
      value: 'KEY,…',
      help: 'keys, projects or workspaces of the apps that send spans; others are other keys',
    },
    timezone: {
      value: 'ZONE',
      help: 'the zone of the days in the export, such as Europe/Berlin; default: UTC',
    },
    tolerance: { value: 'PERCENT', help: 'how much of the export may stay unexplained; default: 1%' },
    overrides: { value: 'FILE', help: 'agent-cost.json with your own rates' },
    json: { help: 'print JSON' },
  },
  details: [
    'Reads the exports of the usage and of the cost page of OpenAI and Anthropic.',
    'Exit code: 0, 1 when more than the tolerance is unexplained, 2 for a mistake in the options, 3 for a file that cannot be read.',
  ].join('\n'),
  load: () => import('./reconcile.js'),
};

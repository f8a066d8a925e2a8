import type { Command } from './command.js';

export const CHECK: Command = {
  name: 'check',
  summary: "limits for CI on a viewer's file: what a task may cost",
  options: {
    db: { value: 'FILE', help: 'the file that the viewer wrote (view --db FILE)' },
    window: { value: 'TIME', help: 'the last 15m, 24h, 7d, …, or all; default: 24h' },
    name: { value: 'NAME', help: 'only tasks of this name' },
    'max-task-usd': { value: 'USD', help: 'the most that one task may cost' },
    'max-p50-usd': { value: 'USD', help: 'the most for the median of ended tasks' },
    'max-p90-usd': { value: 'USD', help: 'the most for the 90th percentile of ended tasks' },
    'max-total-usd': {
      value: 'USD',
      help: 'the most for everything in the window; with --name: for its tasks',
    },
    'max-increase': {
      value: 'PERCENT',
      help: 'by how much the median may exceed that of the period of the same length before: 20%',
    },
    'require-baseline': { help: 'fail when there is no period before to compare with' },
    'min-tasks': { value: 'N', help: 'fail with fewer ended tasks in the window' },
    'allow-incomplete': { help: 'do not fail for tasks with a cost that is not known' },
    json: { help: 'print JSON' },
  },
  details: [
    'A task with a cost that is not known, or that still runs, fails the check, because unknown is not 0.',
    'Exit code: 0 within the limits, 1 a limit is broken, 2 a mistake in the options, 3 no data or no readable file.',
  ].join('\n'),
  load: () => import('./check.js'),
};

import type { Command } from './command.js';

export const TAIL: Command = {
  name: 'tail',
  summary: 'receive spans and print what each task costs, live',
  options: {
    port: { value: 'PORT', help: 'the port to receive OTLP/HTTP at, on 127.0.0.1; default: 4318' },
    json: { help: 'print one line of JSON for each task that has ended' },
  },
  details: [
    'Point an app at it: OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318',
    'On a terminal, trees grow in place. Otherwise, a tree is printed when its task has ended. Ctrl-C ends it.',
  ].join('\n'),
  load: () => import('./tail.js'),
};

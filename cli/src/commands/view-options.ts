import type { Command } from './command.js';

export const VIEW: Command = {
  name: 'view',
  summary: 'receive spans, and show what agents cost on a page in the browser, while they run',
  options: {
    port: {
      value: 'PORT',
      help: 'the port for the page and for OTLP/HTTP; default: 4318, or the next one that is free',
    },
    db: { value: 'FILE', help: 'keep the spans in this file; default: in memory, lost at the end' },
    'keep-days': { value: 'DAYS', help: 'delete traces that are older; default: 30' },
    'max-spans': { value: 'COUNT', help: 'delete the oldest traces above so many spans; default: 2000000' },
    'keep-content': {
      help: 'keep prompts, completions, and arguments and results of tools; default: only a hash of arguments',
    },
    config: {
      value: 'FILE',
      help: 'prices, tools and aliases for spans without costs, as in agent-cost.json',
    },
    demo: { help: "run the demo's agents once the viewer is up" },
    'no-open': { help: 'do not open the browser' },
    host: { value: 'ADDRESS', help: 'listen on another address than 127.0.0.1; needs a token' },
    'allowed-host': { value: 'NAMES', help: 'names by which others reach that address, separated by commas' },
    'token-file': {
      value: 'FILE',
      help: 'a file with the token, of at least 16 characters; or OTEL_AGENT_COST_VIEW_TOKEN',
    },
  },
  details: [
    'Point an app at it, in any language: OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318',
    'with OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf or http/json. Ctrl-C ends it.',
  ].join('\n'),
  load: () => import('./view.js'),
};

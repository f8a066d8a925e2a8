/**
 * Apps that know nothing of OpenTelemetry, started with `register` in front: every call is billed once, as the support
 * table says of its client and instrumentation.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pairName } from '../matrix.js';
import { startProvider } from '../provider/server.js';
import { readSupport } from '../table.js';
import { packageFolders, versionOf } from './installed.js';
import manifest from './package.json' with { type: 'json' };
import { runApp, WAYS } from './run-app.js';
import { callsIn, tracesOf, verdictsOf } from './traces.js';

const support = readSupport();
const { dependencies } = manifest;

/** Each app with its row of the support table, and its scenarios: each is one run of a client or an agent. */
const APPS = {
  'openai-chat.mjs': {
    row: { client: 'openai-chat', instrumentation: 'openinference-openai' },
    scenarios: ['plain', 'cached', 'streamed', 'streamedWithoutUsage'],
  },
  'openai-chat.cjs': {
    row: { client: 'openai-chat', instrumentation: 'openinference-openai' },
    scenarios: ['plain', 'cached'],
  },
  'openai-both.mjs': {
    row: { client: 'openai-chat', instrumentation: 'openinference-openai' },
    scenarios: ['plain', 'cached'],
  },
  'openai-responses.mjs': {
    row: { client: 'openai-responses', instrumentation: 'openinference-openai' },
    scenarios: ['plain', 'cached', 'reasoning', 'streamed'],
  },
  'anthropic.mjs': {
    row: { client: 'anthropic', instrumentation: 'anthropic-built-in' },
    scenarios: ['plain', 'cached', 'streamed', 'streamedHelper'],
  },
  // OpenAI's client is instrumented below these two: both instrumentations see the same calls.
  'langchain.mjs': {
    row: { client: 'langchain-openai', instrumentation: 'openinference-langchain' },
    scenarios: ['plain', 'cached', 'streamed', 'tools', 'streamedTools'],
    more: { streamedTools: 'right' },
  },
  'openai-agents.mjs': {
    row: { client: 'openai-agents', instrumentation: 'openinference-agents' },
    scenarios: ['plain', 'cached', 'streamed', 'tools'],
  },
  'beside-frameworks.mjs': {
    row: { client: 'openai-chat', instrumentation: 'openinference-openai' },
    scenarios: ['plain', 'cached', 'reasoning'],
  },
};

let provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.close());

describe.concurrent.each(Object.keys(WAYS))('billed once, ES modules instrumented %s', (way) => {
  it.each(Object.entries(APPS))('%s', async (app, { row, scenarios, more }) => {
    const run = `${way.replaceAll(' ', '-')}:${app}`;
    const providerUrl = `${provider.url}/${run}`;
    const { notices, spans } = await runApp({ app, way, scenarios, providerUrl });
    expect(notices).toEqual([]);

    const traces = tracesOf(spans);
    // Nobody's span is around: what is seen twice is a trace of its own.
    const calls = JSON.stringify(callsIn(traces), null, 2);
    expect(traces.length, `a trace for each of ${scenarios.join(', ')}: ${calls}`).toBe(scenarios.length);
    const listed = { ...support.verdicts[pairName({ ...row, wrapped: false })], ...more };
    expect(verdictsOf(traces, scenarios, (scenario) => provider.served(run, scenario))).toEqual(
      Object.fromEntries(scenarios.map((scenario) => [scenario, listed[scenario]])),
    );
  });
});

describe('what is installed', () => {
  it('is what the support table is of', () => {
    const names = Object.keys(support.versions).filter((name) => name in dependencies);
    expect(names).toContain('openai');
    expect(Object.fromEntries(names.map((name) => [name, versionOf(name)]))).toEqual(
      Object.fromEntries(names.map((name) => [name, support.versions[name]])),
    );
  });

  it('has a loader in the one folder, and none that can be used in the other', () => {
    expect(packageFolders(WAYS['by hand'])).toEqual(['node_modules']);
    expect(packageFolders(WAYS['with a loader'])).toEqual(['with-loader/node_modules', 'node_modules']);
    const copies = packageFolders(WAYS['with a loader']).map((folder) =>
      versionOf('import-in-the-middle', folder),
    );
    expect(copies).toEqual(['3.6.0', '1.7.1']);
  });
});

/** The agent runs of the demo, against its stand-in on loopback: the tutorial's, and two that were recorded. */
import { register } from 'node:module';
import { startStandIn, turn } from '../../../examples/provider/stand-in.js';
import { startTrace } from '../support/recorder.mjs';

const SCENARIOS = ['demo/research.json', 'recorded/tau2-airline.json', 'recorded/pi-coding-session.json'];
const ARGUMENTS = { web_search: { query: 'observability' }, read_page: { key: 'Observability' } };

export async function* run(lib, { scenario: name, moduleUrl }) {
  useInExamples(moduleUrl);
  const { readScenario } = await import('../../../examples/demo/scenario.js');
  for (const file of SCENARIOS) {
    const path = new URL(`../../../examples/${file}`, import.meta.url);
    const scenario = await readScenario(path);
    const cost = { overrides: scenario.overrides ?? {} };
    const started = startTrace(lib, { scenario: name, trace: file }, { cost, metrics: true });
    // The metrics of the session that is still open tell of it, too.
    await lib.withSession(`demo-${scenario.name}`, async (session) => {
      started.add('totals', 'of the run', await play(scenario));
      started.addTotals('session', session);
    });
    yield* await started.rows();
  }
}

/** The examples import the package by its name: here that is the build under test. */
function useInExamples(moduleUrl) {
  const hook = `export async function resolve(specifier, context, next) {
    return specifier === 'otel-agent-cost' ? { url: ${JSON.stringify(moduleUrl)}, shortCircuit: true } : next(specifier, context);
  }`;
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
}

async function play(scenario) {
  const { research, researchTools } = await import('../../../examples/agent-loop.js');
  const { replayRun } = await import('../../../examples/demo/replay.js');
  const { openAiClient } = await import('../../../examples/provider/openai.js');
  const { anthropicClient } = await import('../../../examples/provider/anthropic.js');
  let onSilence = () => {};
  const standIn = await startStandIn(scriptOf(scenario), { onSilence: () => onSilence() });
  const createClient = scenario.provider === 'openai' ? openAiClient : anthropicClient;
  const client = createClient({ baseUrl: `${standIn.url}/v1`, model: scenario.model });
  try {
    if (scenario.toolFeesUsd) {
      const tools = researchTools(standIn.url, scenario.toolFeesUsd);
      return (await research('What is observability?', { client, tools })).totals;
    }
    const startMillis = Date.parse(scenario.startTime);
    return await replayRun({
      scenario,
      now: () => startMillis,
      client,
      dropConnections: standIn.dropConnections,
      onSilence: (listener) => {
        onSilence = listener;
      },
    });
  } finally {
    standIn.close();
  }
}

/** As the demo has it: what the stand-in answers in each call. */
function scriptOf({ calls }) {
  return calls.map((call, index) =>
    turn({
      ...call,
      text: index === calls.length - 1 ? 'Answer: as in the script.' : 'Let me see.',
      toolCalls: call.tools.map((tool) => ({ name: tool.name, arguments: ARGUMENTS[tool.name] ?? {} })),
    }),
  );
}

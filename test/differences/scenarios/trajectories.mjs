/** Recorded runs of agents, call by call: as wrapped calls, and as spans of an instrumentation. */
import { clock, startTrace } from '../support/recorder.mjs';
import { fixture, parentsFirst, replay, underRoot } from '../support/replay.mjs';

const FORMS = {
  wrappers: (lib, run, started) =>
    lib.withTask({ name: 'run', sessionId: 'recorded' }, (task) =>
      lib.withAgent('agent', (agent) => {
        for (const [index, call] of run.calls.entries()) wrapped(lib, call, index);
        started.addTotals('agent', agent);
        started.add('receipt', 'task', { text: task.receipt() });
      }),
    ),
  spans: (_lib, run) => underRoot(() => replaySpans(run, false)),
  'spans, and the sum on the agent': (_lib, run) => underRoot(() => replaySpans(run, true)),
};

export async function* run(lib, { scenario }) {
  for (const recorded of fixture('trajectories.json').runs) {
    for (const [form, play] of Object.entries(FORMS)) {
      const started = startTrace(lib, { scenario, trace: `${recorded.id}, ${form}` }, { metrics: true });
      play(lib, recorded, started);
      yield* await started.rows();
    }
  }
}

function wrapped(lib, { provider, model, counts }, index) {
  const [input, read, write, writeHour, output] = counts;
  clock.tick();
  lib.withStep('turn', () =>
    lib.withLlm({ provider, model }, () => ({
      id: `response ${index}`,
      model,
      usage: {
        input_tokens: input,
        cache_read_input_tokens: read,
        cache_creation_input_tokens: write + writeHour,
        cache_creation: { ephemeral_5m_input_tokens: write, ephemeral_1h_input_tokens: writeHour },
        output_tokens: output,
      },
    })),
  );
}

function replaySpans({ calls }, hasSum) {
  const usage = calls.map(({ counts: [input, read, write, writeHour, output] }) => ({
    'gen_ai.usage.input_tokens': input + read + write + writeHour,
    'gen_ai.usage.cache_read.input_tokens': read,
    'gen_ai.usage.cache_creation.input_tokens': write + writeHour,
    'gen_ai.usage.output_tokens': output,
  }));
  const sum = Object.fromEntries(
    Object.keys(usage[0] ?? {}).map((key) => [key, usage.reduce((total, one) => total + one[key], 0)]),
  );
  const agent = {
    name: 'invoke_agent',
    scope: 'recorded',
    atStart: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'agent' },
    atEnd: hasSum ? sum : {},
  };
  const chats = calls.map(({ provider, model }, index) => ({
    name: `chat ${index}`,
    scope: 'recorded',
    parent: 0,
    atStart: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': provider,
      'gen_ai.request.model': model,
    },
    atEnd: { ...usage[index], 'gen_ai.response.id': `response ${index}` },
  }));
  const spans = [agent, ...chats];
  replay(spans, parentsFirst(spans, spans.map((_, place) => place).reverse()));
}

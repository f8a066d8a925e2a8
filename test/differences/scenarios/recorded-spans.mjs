/** Spans and traces that were recorded from other instrumentations: bare, and inside of each wrapper. */
import { recordedGroups, spanOf, TIMINGS } from '../support/recorded-spans.mjs';
import { startTrace } from '../support/recorder.mjs';
import { parentsFirst, replay, underRoot } from '../support/replay.mjs';

const AROUND = {
  bare: (_lib, work) => underRoot(work),
  'as a root': (_lib, work) => work(),
  withTask: (lib, work) => lib.withTask('t', work),
  withAgent: (lib, work) => lib.withAgent('a', work),
  withLlm: (lib, work) => lib.withLlm({ provider: 'anthropic' }, work),
  withTool: (lib, work) => lib.withTool({ name: 'search', costUsd: 0.01 }, work),
};
const TOOLS = { search: { costUsd: 0.005 } };

export async function* run(lib, { scenario }) {
  for (const { label, spans } of recordedGroups()) {
    for (const timing of TIMINGS) {
      const replayed = spans.map(({ id, parent }) => spanOf(id, timing, parent));
      for (const [around, enter] of Object.entries(AROUND)) {
        for (const [order, ends] of Object.entries(endsOf(replayed))) {
          const place = { scenario, trace: `${label}, ${timing}, ${around}, ${order}` };
          const started = startTrace(lib, place, { cost: { tools: TOOLS } });
          enter(lib, () => replay(replayed, parentsFirst(replayed, ends)));
          yield* await started.rows();
        }
      }
    }
  }
}

/** Children mostly end first; some orders put every span in the other places. */
function endsOf(spans) {
  const places = spans.map((_, place) => place);
  const turned = [...places.slice(1), ...places.slice(0, 1)];
  return spans.length === 1
    ? { alone: places }
    : { 'in order': places, 'from the last': places.toReversed(), turned };
}

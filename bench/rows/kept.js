/** What stays in memory of sessions that were begun and never ended, once the bounded tables are full. */
import { withAgent, withLlm, withSession } from 'otel-agent-cost';
import { bytesKept } from '../measure.js';
import { registerMeteredProvider, useContextManager } from '../setup.js';

/** More than the sessions kept by default and the ids remembered of evicted ones, until their tables no longer grow. */
const SESSIONS_TO_FILL = 102_000;
const SESSIONS = 40_000;
/** Bytes a session: what the tables' own growth and the collector's rounding can make of nothing. */
const TARGET_BYTES = 64;

let count = 0;

/** A session whose work hangs for ever, and that nobody holds on to. */
function abandon() {
  count += 1;
  void withSession(`session-${String(count).padStart(12, '0')}`, () =>
    withAgent('researcher', () => {
      withLlm({ provider: 'openai', model: 'gpt-4o' }, () => ({
        model: 'gpt-4o',
        usage: { prompt_tokens: 1, completion_tokens: 1 },
      }));
      return new Promise(() => {});
    }),
  );
}

async function abandoned() {
  registerMeteredProvider();
  const filling = await bytesKept(abandon, SESSIONS_TO_FILL);
  const value = Math.max(0, await bytesKept(abandon, SESSIONS));
  return {
    value,
    target: TARGET_BYTES,
    unit: 'bytes',
    detail: `a session, with full tables; ${Math.round(filling)} while they fill`,
  };
}

export const rows = { 'kept by an abandoned session': abandoned };

export const prepare = useContextManager;

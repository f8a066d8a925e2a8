/** Memory retained for sessions that were started but never ended, once the bounded tables are full. */
import { withAgent, withLlm, withSession } from 'otel-agent-cost';
import { bytesKept } from '../measure.js';
import { registerMeteredProvider, useContextManager } from '../setup.js';

/** More than the default number of sessions plus the remembered ids of evicted ones, until the tables stop growing. */
const SESSIONS_TO_FILL = 102_000;
const SESSIONS = 40_000;
/** Bytes per session that table growth and the collector's rounding can cause by themselves. */
const TARGET_BYTES = 64;

let count = 0;

/** A session whose work never finishes and that nothing references. */
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

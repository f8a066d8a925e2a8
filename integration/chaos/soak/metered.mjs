/** Tasks as an app writes them with the package; `otel-agent-cost/register` has set up OpenTelemetry. */
import { withLlm, withTask, withTool } from 'otel-agent-cost';
import { askModel, FIRST_TASK, MODEL, madeBy, search, TOOL, TOOL_USD, whoOf } from './amounts.mjs';

const SPANS_A_TASK = 3;

const TASKS_AT_ONCE = 2_000;

/** Fills every table; see FIRST_TASK. */
export async function fill(flush) {
  for (let first = 0; first < FIRST_TASK; first += TASKS_AT_ONCE) {
    await Promise.all(Array.from({ length: TASKS_AT_ONCE }, (_, at) => task(first + at)));
    await flush();
  }
}

export function task(number) {
  const { sessionId, user } = whoOf(number);
  return withTask({ name: 'support', sessionId, attribution: { user }, budgetUsd: 1 }, async () => {
    await withLlm({ provider: 'openai', model: MODEL }, () => askModel(number));
    await withTool({ name: TOOL, costUsd: TOOL_USD }, () => search(number));
  });
}

export function made(to) {
  return madeBy(0, to, SPANS_A_TASK);
}

/** Dollars per hour, by purpose. */
import { overTime, stacked, USD } from '../panels.mjs';
import { EACH_INTERVAL, OF_TASK, total } from '../promql.mjs';

/** Dollars per hour, as the mean of each bar. */
function perHour(by, of = OF_TASK) {
  return `${total('cost_usd_total', { of, by: [by], ...EACH_INTERVAL })} * 3600000 / $__interval_ms`;
}

/** In less than five minutes, a bar would contain at most one report of an app. */
const BARS = { ...USD, interval: '5m' };

export const burnRate = {
  title: 'Where it goes, in dollars an hour',
  lines: [
    [
      stacked(
        'By model',
        'LLM calls by the model that answered.',
        overTime(perHour('gen_ai_response_model', `${OF_TASK},cost_kind="llm"`), '{{gen_ai_response_model}}'),
        BARS,
      ),
      stacked(
        'By agent',
        'Everything that was spent inside an agent, its tools included.',
        overTime(perHour('gen_ai_agent_name', `${OF_TASK},gen_ai_agent_name!=""`), '{{gen_ai_agent_name}}'),
        BARS,
      ),
    ],
    [
      stacked(
        'By tool',
        'Tool calls that cost something.',
        overTime(perHour('gen_ai_tool_name', `${OF_TASK},cost_kind="tool"`), '{{gen_ai_tool_name}}'),
        BARS,
      ),
      stacked(
        'By kind',
        'Models, tools, compute, storage, network, other: all that was spent.',
        overTime(perHour('cost_kind'), '{{cost_kind}}'),
        BARS,
      ),
    ],
  ],
};

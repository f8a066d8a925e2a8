/** The sum over all spans, and whether it can be believed. */
import {
  BAD_IF_ANY,
  bars,
  COUNT,
  levels,
  namedBy,
  points,
  rows,
  SHARE,
  SMALL_USD,
  stacked,
  stat,
  USD,
} from '../panels.mjs';
import { BILLED, count, OF_SERVICE, OF_TASK, OUTERMOST, SPENT, spentBy, usd, WITH_TASKS } from '../sql.mjs';

export const spansInTotal = {
  title: 'What was spent',
  lines: [
    [
      stat(
        'Cost',
        'Own cost of all spans of the time range.',
        rows(`SELECT ${SPENT} AS usd FROM otel_traces WHERE ${BILLED}`),
        USD,
      ),
      stat(
        'Cost per action',
        'All cost of the tasks that ended, that of failures too, by the actions.',
        rows(`${WITH_TASKS}
SELECT sum(${usd('task.cost_usd', 'task')}) / nullIf(sum(${count('task.actions', 'task')}), 0) AS usd
FROM tasks
WHERE ${OUTERMOST}`),
        SMALL_USD,
      ),
      stat(
        'Without a team',
        'Share of the cost that no team is charged with.',
        rows(`SELECT sumIf(${usd('cost_usd')}, SpanAttributes['cost.tag.team'] = '') / ${SPENT} AS share
FROM otel_traces
WHERE ${BILLED}`),
        { ...SHARE, thresholds: levels(['green'], [0.05, 'orange'], [0.2, 'red']) },
      ),
      stat(
        'Unpriced calls',
        'Calls without a known price: missing in the cost.',
        rows(
          `SELECT countIf(SpanAttributes['cost.status'] = 'unpriced') AS calls FROM otel_traces WHERE ${OF_TASK}`,
        ),
        { ...COUNT, thresholds: BAD_IF_ANY },
      ),
      stat(
        'Unreadable amounts',
        'Spans whose cost_usd is no amount: missing in the cost.',
        rows(`SELECT countIf(${usd('cost_usd')} IS NULL) AS spans FROM otel_traces WHERE ${BILLED}`),
        { ...COUNT, thresholds: BAD_IF_ANY },
      ),
      stat(
        'Arrived twice',
        'Spans that were sent again, and count twice in every sum here.',
        rows(`SELECT count() - uniqExact(TraceId, SpanId) AS spans FROM otel_traces WHERE ${OF_SERVICE}`),
        { ...COUNT, thresholds: BAD_IF_ANY },
      ),
    ],
    [
      stacked(
        'By kind, over time',
        'Each bar is what was spent in its interval: the bars add up to the cost.',
        points(`SELECT $__timeInterval(Timestamp) AS time, SpanAttributes['cost.kind'] AS kind, ${SPENT} AS usd
FROM otel_traces
WHERE ${BILLED}
GROUP BY time, kind
ORDER BY time`),
        { ...USD, ...namedBy('kind'), interval: '5m', size: { w: 8, h: 9 } },
      ),
      bars(
        'By model',
        'The models that answered.',
        rows(spentBy('gen_ai.response.model', 'model', "SpanAttributes['cost.kind'] = 'llm'")),
        { ...USD, eachRow: true, size: { w: 8, h: 9 } },
      ),
      bars(
        'By tool',
        'Calls that a cache answered cost nothing.',
        rows(spentBy('gen_ai.tool.name', 'tool', "SpanAttributes['cost.kind'] = 'tool'")),
        { ...USD, eachRow: true, size: { w: 8, h: 9 } },
      ),
    ],
  ],
};

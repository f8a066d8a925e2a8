/** The levels below and above a task: steps and sessions. */
import { asNumbers, bars, COUNT, ofSpans, SMALL_USD, spans, TEMPO_SUMS, table } from '../panels.mjs';

/** Running totals: the largest value of a session is its last one. */
const LAST_OF_SESSION = {
  id: 'groupBy',
  options: {
    fields: {
      'session.id': { operation: 'groupby', aggregations: [] },
      'session.cost_usd': { operation: 'aggregate', aggregations: ['max'] },
      'session.tasks': { operation: 'aggregate', aggregations: ['max'] },
      'session.successful_tasks': { operation: 'aggregate', aggregations: ['max'] },
      traceIdHidden: { operation: 'aggregate', aggregations: ['distinctCount'] },
    },
  },
};

export const stepsAndSessions = {
  title: 'Steps and sessions',
  lines: [
    [
      bars(
        'Input tokens by step',
        'The mean of the steps of twelve hours that Tempo has kept. A loop that sends its history again grows from step to step; compression and caching flatten it.',
        ofSpans(
          '{ resource.service.name =~ "${job:pipe}" && span.step.number > 0 } | avg_over_time(span.step.input_tokens) by (span.step.number)',
        ),
        { ...COUNT, size: { w: 8, h: 9 }, ...TEMPO_SUMS },
      ),
      table(
        'Sessions',
        'What a session had cost when its last task ended, from the spans that Tempo has kept.',
        [
          spans(
            '{ resource.service.name =~ "${job:pipe}" && span.session.cost_usd_nanos >= 0 } | select(span.session.id, span.session.cost_usd, span.session.tasks, span.session.successful_tasks) with (most_recent=true)',
          ),
        ],
        {
          before: [
            asNumbers(['session.cost_usd', 'session.tasks', 'session.successful_tasks']),
            LAST_OF_SESSION,
          ],
          columns: [
            { from: 'session.id', to: 'Session id' },
            { from: 'session.cost_usd (max)', to: 'Cost', ...SMALL_USD },
            { from: 'session.tasks (max)', to: 'Tasks', ...COUNT },
            { from: 'session.successful_tasks (max)', to: 'Succeeded', ...COUNT },
            { from: 'traceIdHidden (distinctCount)', to: 'Traces', ...COUNT },
          ],
          sortBy: 'Cost',
          size: { w: 16, h: 9 },
        },
      ),
    ],
  ],
};

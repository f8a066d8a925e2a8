/** The output when the spans went to the user's own backend, which this process cannot read. */
import { formatCount, formatUsd, painter } from './format.js';

const JAEGER_UI_PORT = 16686;

/**
 * @param {import('./run.js').RunReport} report
 * @param {string} endpoint
 * @param {{ colour?: boolean, startTime?: string }} [options] startTime: of a recorded run, whose spans have its times
 * @returns {string} lines, without a newline at the end
 */
export function describeOwnBackend(
  { serviceName, traceId, sessionId, totals },
  endpoint,
  { colour = false, startTime } = {},
) {
  const paint = painter(colour);
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname : 'localhost';
  const lines = [
    ['look for', `service.name ${serviceName}, session.id ${sessionId}`],
    ...(startTime ? [['dated', `${startTime.slice(0, 10)}, as it was recorded: search that day`]] : []),
    ['trace', traceId],
    ['Jaeger', `http://${host}:${JAEGER_UI_PORT}/trace/${traceId}  (if that is your backend)`],
    ['expect', `task.cost_usd ${paint(formatUsd(totals.costUsd), 'bold')} on the task span,`],
    [
      '',
      `${formatCount(totals.inputTokens)} tokens in, ${formatCount(totals.outputTokens)} out, cost_complete ${totals.costComplete}`,
    ],
  ];
  return lines.map(([label = '', text]) => `  ${paint(label.padEnd(9), 'dim')} ${text}`).join('\n');
}

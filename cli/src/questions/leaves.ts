/** The spans with own cost, for exports. */

import type { Window } from '../api.js';
import type { Leaf } from '../export/leaf.js';
import type { Database, Row } from '../store/database.js';
import { attributesIn } from '../store/priced-trace.js';
import { isTrue, numberOf, sumOf, textOf, wordOf } from '../store/row-values.js';
import { millisOf } from '../store/span-times.js';
import { spansOf } from './overview.js';
import { OWN_COST, ownCostOf } from './own-cost.js';
import type { QuestionContext } from './source.js';
import { boundsOf, periodOf } from './window.js';

const ATTRIBUTION = {
  user: 'user_id',
  team: 'team',
  project: 'project',
  feature: 'feature',
  customer: 'customer',
} as const;

/** Those that ended in the window, in the order of their ends. Spans that were not billed are left out. */
export async function* leavesIn(
  { database, now }: QuestionContext & { database: Pick<Database, 'stream'> },
  window: Window,
): AsyncGenerator<Leaf> {
  const period = periodOf(window, await spansOf({ database, now }), now());
  const columns = OWN_COST.split(',').map((column) => `c.${column.trim()}`);
  const rows = database.stream(
    `WITH ended AS (
       SELECT scope_id, outcome, is_complete FROM rollups WHERE scope = 'task'
       QUALIFY row_number() OVER (PARTITION BY scope_id ORDER BY start_ns DESC, seq DESC) = 1)
     SELECT c.trace_id, c.span_id, c.start_ns, c.at_ns, c.attempt, c.is_failed, c.tool, c.agent, c.task_id,
       c.task_name, c.task, c.session_id, c.service, ${Object.values(ATTRIBUTION)
         .map((column) => `c.${column}`)
         .join(', ')}, c.is_priced_here, ${columns.join(', ')},
       s.name, s.instrumentation, s.attributes, e.scope_id AS ended_task, e.outcome, e.is_complete
     FROM costs c
     LEFT JOIN spans s ON s.trace_id = c.trace_id AND s.span_id = c.span_id
     LEFT JOIN ended e ON e.scope_id = c.task
     WHERE c.at_ns >= $from AND c.at_ns < $to AND (c.pico IS NOT NULL OR c.unpriced > 0)
     ORDER BY c.at_ns, c.seq`,
    boundsOf(period),
  );
  for await (const chunk of rows) for (const row of chunk) yield leafOf(row);
}

function leafOf(row: Row): Leaf {
  const { pico, kind, source, status, reason, model, provider, tokens } = ownCostOf(row);
  const attributes = attributesIn(wordOf(row, 'attributes'));
  const hasEnded = textOf(row, 'ended_task') !== null;
  return {
    traceId: wordOf(row, 'trace_id'),
    spanId: wordOf(row, 'span_id'),
    name: wordOf(row, 'name'),
    startMillis: millisOf(sumOf(row, 'start_ns')),
    endMillis: millisOf(sumOf(row, 'at_ns')),
    service: textOf(row, 'service'),
    ...{ kind, source, reason, model, provider, tokens, attributes },
    status: status === 'not_billed' ? null : status,
    pico: pico === null ? null : BigInt(pico),
    scopeName: textOf(row, 'instrumentation') ?? '',
    requestModel: wordIn(attributes, 'gen_ai.request.model'),
    serviceTier: tierIn(attributes),
    tool: textOf(row, 'tool'),
    isFailed: isTrue(row, 'is_failed'),
    attempt: numberOf(row, 'attempt'),
    agent: textOf(row, 'agent'),
    taskId: textOf(row, 'task_id'),
    taskName: textOf(row, 'task_name'),
    rootTaskId: textOf(row, 'task'),
    sessionId: textOf(row, 'session_id'),
    outcome: hasEnded || textOf(row, 'task') === null ? textOf(row, 'outcome') : 'running',
    isTaskComplete: hasEnded ? isTrue(row, 'is_complete') : null,
    isPricedHere: isTrue(row, 'is_priced_here'),
    attribution: attributionOf(row),
  };
}

function wordIn(attributes: Readonly<Record<string, unknown>>, key: string): string | null {
  const value = attributes[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

function tierIn(attributes: Readonly<Record<string, unknown>>): string | null {
  return (
    wordIn(attributes, 'openai.response.service_tier') ??
    wordIn(attributes, 'gen_ai.openai.response.service_tier') ??
    wordIn(attributes, 'anthropic.response.service_tier') ??
    wordIn(attributes, 'gen_ai.response.service_tier')
  );
}

function attributionOf(row: Row): Record<string, string> {
  const known = Object.entries(ATTRIBUTION).map(([key, column]) => [key, textOf(row, column)] as const);
  return Object.fromEntries(known.filter((entry): entry is [string, string] => entry[1] !== null));
}

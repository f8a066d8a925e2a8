/** Whether the own costs of a task add up to its roll-up. */

import type { Row } from '../store/database.js';
import { isSameAmount } from '../store/money.js';
import { countOf, isTrue, numberOf, sumOf } from '../store/row-values.js';
import type { SumCheck, TaskRow } from '../task-answers.js';
import type { QuestionContext, Source } from './source.js';

/** Spans of a trace come from several batches and processes: so long after the roll-up, they may still arrive. */
const ARRIVAL_MILLIS = 10_000;

/** Spans that were priced here, inside a task that was metered in its app, are no part of that task's roll-up. */
export async function checkSum({ database, now }: QuestionContext, task: TaskRow): Promise<SumCheck> {
  const [stated] = await database.all(
    `SELECT total_pico, remote_pico, llm_calls, tool_calls, is_priced_here, arrived_ms FROM rollups
     WHERE scope = 'task' AND scope_id = $id ORDER BY start_ns DESC, seq DESC LIMIT 1`,
    { id: task.id },
  );
  const leaves = await leavesOf(
    database,
    task.id,
    stated === undefined ? null : isTrue(stated, 'is_priced_here'),
  );
  const own = sumOf(leaves, 'own');
  if (stated === undefined)
    return { state: 'waiting', ownPico: String(own), remotePico: '0', rollUpPico: null };
  const remote = sumOf(stated, 'remote_pico');
  const rollUp = sumOf(stated, 'total_pico');
  const answer = { ownPico: String(own), remotePico: String(remote), rollUpPico: String(rollUp) };
  // The other processes may send their spans here, too: then the remote part is among the own costs.
  const hasRemote = remote > 0n && own + remote > rollUp;
  if (isSameAmount(hasRemote ? own : own + remote, rollUp)) return { state: 'equal', ...answer };
  if (now() - (numberOf(stated, 'arrived_ms') ?? 0) < ARRIVAL_MILLIS) return { state: 'waiting', ...answer };
  const isLess = own + remote < rollUp;
  if (hasRemote && own < rollUp) return { state: 'spans_missing', ...answer };
  const isMissing = isLess && (fewerCalls(leaves, stated) || (await hasMissingParents(database, task.id)));
  return { state: isMissing ? 'spans_missing' : 'differs', ...answer };
}

async function leavesOf(database: Source, id: string, isPricedHere: boolean | null): Promise<Row> {
  const [row = {}] = await database.all(
    `SELECT sum(pico) AS own, count(*) FILTER (is_llm_call) AS llm_calls, count(*) FILTER (is_tool_call) AS tool_calls
     FROM costs WHERE task = $id AND ($priced IS NULL OR is_priced_here = $priced)`,
    { id, priced: isPricedHere },
  );
  return row;
}

/** Tools that cost nothing have spans without a cost, so fewer billed tool calls alone say nothing. */
function fewerCalls(leaves: Row, stated: Row): boolean {
  return countOf(leaves, 'llm_calls') < countOf(stated, 'llm_calls');
}

async function hasMissingParents(database: Source, id: string): Promise<boolean> {
  const [row = {}] = await database.all(
    `WITH traces AS (SELECT DISTINCT trace_id FROM spans WHERE task = $id),
       near AS (SELECT trace_id, span_id, parent_id, task FROM spans WHERE trace_id IN (SELECT trace_id FROM traces))
     SELECT count(*) AS missing FROM near
     WHERE task = $id AND span_id != $id AND parent_id IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM near p WHERE p.trace_id = near.trace_id AND p.span_id = near.parent_id)`,
    { id },
  );
  return countOf(row, 'missing') > 0;
}

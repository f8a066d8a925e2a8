/** Asks a backend a query of the cookbook, and reads off its answer what the query is for. */
import type { Recipe } from '../../../test/support/cookbook.js';
import { type Answer, answerOf, single } from './answers.js';
import type { SqlAnswer } from './clickhouse.js';
import type { Ids } from './cookbook-figures.js';
import type { JaegerSpan } from './jaeger.js';
import type { Rows } from './panels/figures.js';
import type { Stack } from './stack.js';
import type { FoundSpan } from './tempo.js';

export async function askRecipe(stack: Stack, recipe: Recipe, ids: Ids): Promise<Answer | Rows> {
  const query = recipe.query.replace('SESSION_ID', ids.SESSION_ID).replace('TRACE_ID', ids.TRACE_ID);
  switch (recipe.language) {
    case 'promql':
      return answerOf(await stack.prometheus.query(query));
    case 'traceql':
      if (query.includes('_over_time')) return ofSums(await stack.tempo.metric(query), query);
      return selected(await stack.tempo.search(query), query);
    case 'jaeger':
      return fromJaeger(await stack.jaeger.get(query.replace(/^GET /, '')), query);
    case 'sql':
      return bySource(fromSql(await stack.clickhouse.query(query)), query);
  }
}

/** One number a row, by the other columns; or whole rows where there are more numbers. */
export function fromSql({ columns, rows }: SqlAnswer): Answer | Rows {
  const named = rows.map((row) =>
    columns
      .map((column, index) => ({ ...column, value: row[index] ?? '' }))
      .filter(({ value }) => value !== ''),
  );
  if (columns.filter(({ isNumber }) => isNumber).length > 1) {
    return named.map((row) =>
      Object.fromEntries(row.map(({ name, isNumber, value }) => [name, isNumber ? Number(value) : value])),
    );
  }
  const samples = named.flatMap((row) => {
    const labels = Object.fromEntries(
      row.filter(({ isNumber }) => !isNumber).map(({ name, value }) => [name, value]),
    );
    return row.filter(({ isNumber }) => isNumber).map(({ value }) => ({ labels, value: Number(value) }));
  });
  return answerOf(samples);
}

/** The ledger does not say where a price came from, only what all of them came to. */
function bySource(answer: Answer | Rows, query: string): Answer | Rows {
  const isSummed = query.includes("'cost.source'") && answer instanceof Map;
  return isSummed ? single([...answer.values()].reduce((sum, usd) => sum + usd, 0)) : answer;
}

/** Spans that do not have what is grouped by are a group of their own. */
function ofSums(sums: Answer, query: string): Answer {
  if (query.includes('span.cost.source'))
    return single([...sums.values()].reduce((sum, usd) => sum + usd, 0));
  return new Map([...sums].map(([group, value]) => [group === 'nil' ? '' : group, value]));
}

/** The attributes that the query selects, of each span. */
function selected(spans: readonly FoundSpan[], query: string): Rows {
  const keys = [...query.slice(query.indexOf('select(')).matchAll(/span\.([\w.]+)/g)].map(([, key]) => key);
  return spans.map(({ attributes }) =>
    Object.fromEntries(Object.entries(attributes).filter(([key]) => keys.includes(key))),
  );
}

/** Jaeger gives whole traces; what is looked for are the spans in them that have the tags. */
function fromJaeger(spans: readonly JaegerSpan[], query: string): Answer | Rows {
  const tags: Record<string, string> = JSON.parse(/tags=(\{.*?\})/.exec(query)?.[1] ?? '{}');
  const operation = /operation=([^&]+)/.exec(query)?.[1];
  const meant = spans.filter(
    (span) =>
      (operation === undefined || span.name === operation) &&
      Object.entries(tags).every(([key, value]) => String(span.tags[key]) === value),
  );
  if (tags['cost.budget.scope'] !== undefined) return meant.map(refusal);
  if (/status|outcome|over_budget|complete|operation/.test(query)) return named(meant);
  return single(meant.reduce((sum, span) => sum + Number(span.tags.cost_usd ?? 0), 0));
}

/** A call that was not made has no cost, and says whose budget had no room. */
function refusal({ tags }: JaegerSpan): Rows[number] {
  const keys = ['cost.budget.scope', 'cost.budget.measure', 'gen_ai.tool.name'];
  return Object.fromEntries(keys.map((key) => [key, tags[key]]));
}

/** Tasks, which have a roll-up, by their id; calls by the name of their task. */
function named(spans: readonly JaegerSpan[]): Rows {
  const tasks = spans.filter((span) => span.tags['task.cost_usd'] !== undefined);
  if (tasks.length > 0) return tasks.map((span) => ({ 'task.id': span.tags['task.id'] }));
  return spans.map((span) => ({ 'task.name': span.tags['task.name'] }));
}

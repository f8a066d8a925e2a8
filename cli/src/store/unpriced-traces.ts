/** Reads the traces that pricing looks at. */
import type { Database, Row } from './database.js';
import { countOf, wordOf } from './row-values.js';

/** Traces whose cost is to be computed at this time or before. */
export async function waitingTraces(database: Database, millis: number): Promise<number> {
  const [row = {}] = await database.all(
    'SELECT count(DISTINCT trace_id) AS traces FROM traces_to_price WHERE due_ms <= $millis',
    { millis: BigInt(millis) },
  );
  return countOf(row, 'traces');
}

/** Of the traces, those with AI work in a resource that is not metered, with the number of spans there. */
export async function unmeteredTraces(
  database: Database,
  traces: readonly string[],
): Promise<Map<string, number>> {
  const rows = await database.all(
    `SELECT trace_id, sum(spans) AS spans FROM (
       SELECT trace_id, resource, count(*) AS spans, bool_or(is_metered) AS is_metered, bool_or(looks_ai) AS looks_ai
       FROM spans WHERE NOT is_priced_here AND trace_id IN (SELECT unnest($traces)) GROUP BY trace_id, resource)
     WHERE NOT is_metered GROUP BY trace_id HAVING bool_or(looks_ai)`,
    { traces },
  );
  return new Map(rows.map((row) => [wordOf(row, 'trace_id'), countOf(row, 'spans')]));
}

/** The spans of the traces in resources that are not metered, by trace and start: the first `limit` of each trace. */
export async function unpricedRows(
  database: Database,
  traces: readonly string[],
  limit: number,
): Promise<Map<string, Row[]>> {
  const rows = await database.all(
    `WITH here AS (SELECT * FROM spans WHERE trace_id IN (SELECT unnest($traces)) AND NOT is_priced_here),
       metered AS (SELECT DISTINCT trace_id, resource FROM here WHERE is_metered)
     SELECT here.trace_id, span_id, parent_id, name, service, instrumentation, start_ns, end_ns, status_code,
       arrived_ms, here.attributes, resources.attributes AS resource_attributes, here.resource, is_parent_local,
       EXISTS (SELECT 1 FROM here parent
         WHERE parent.trace_id = here.trace_id AND parent.span_id = here.parent_id) AS has_parent
     FROM here LEFT JOIN (SELECT hash, any_value(attributes) AS attributes FROM resources GROUP BY hash) resources
       ON resources.hash = here.resource
     WHERE NOT EXISTS (SELECT 1 FROM metered
       WHERE metered.trace_id = here.trace_id AND metered.resource = here.resource)
     QUALIFY row_number() OVER (PARTITION BY here.trace_id ORDER BY start_ns, seq) <= $limit
     ORDER BY here.trace_id, start_ns, seq`,
    { traces, limit: BigInt(limit) },
  );
  const byTrace = new Map<string, Row[]>();
  for (const row of rows) {
    const trace = wordOf(row, 'trace_id');
    const before = byTrace.get(trace);
    if (before === undefined) byTrace.set(trace, [row]);
    else before.push(row);
  }
  return byTrace;
}

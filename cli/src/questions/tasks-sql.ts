/** Outermost tasks, ended and running, as a table in SQL. */

/**
 * The last roll-up of each outermost task. A correction is later than the span that it corrects; the task itself began
 * and ended as its own span says.
 */
const STATED = `
  several AS (
    SELECT scope_id FROM rollups WHERE scope = 'task' AND task = scope_id GROUP BY scope_id HAVING count(*) > 1
  ),
  stated AS (
    SELECT *, start_ns AS first_start, end_ns AS own_end FROM rollups
    WHERE scope = 'task' AND task = scope_id AND scope_id NOT IN (SELECT scope_id FROM several)
    UNION ALL
    SELECT *,
      coalesce(min(start_ns) FILTER (NOT is_correction) OVER of_task, start_ns) AS first_start,
      coalesce(max(end_ns) FILTER (NOT is_correction) OVER of_task, end_ns) AS own_end
    FROM rollups
    WHERE scope = 'task' AND task = scope_id AND scope_id IN (SELECT scope_id FROM several)
    WINDOW of_task AS (PARTITION BY scope_id)
    QUALIFY row_number() OVER (PARTITION BY scope_id ORDER BY start_ns DESC, seq DESC) = 1
  )`;

const ENDED = `
  ended AS (
    SELECT
      scope_id AS id, trace_id, coalesce(name, scope_id) AS name, session_id, service, 'ended' AS state, outcome,
      first_start AS start_ns, own_end AS end_ns, own_end AS at_ns,
      coalesce(actions, 0) AS actions,
      coalesce(steps, 0) AS steps, coalesce(input_tokens, 0) AS input_tokens,
      coalesce(output_tokens, 0) AS output_tokens, coalesce(llm_calls, 0) AS llm_calls,
      coalesce(tool_calls, 0) AS tool_calls, coalesce(failed_calls, 0) AS failed_calls,
      coalesce(retries, 0) AS retries, coalesce(llm_pico, 0) AS llm, coalesce(tool_pico, 0) AS tool,
      coalesce(total_pico, 0) AS total, coalesce(estimated_pico, 0) AS estimated,
      coalesce(unpriced_calls, 0) AS unpriced, NOT is_complete AS is_lower, coalesce(wasted_pico, 0) AS wasted,
      budget_pico AS budget, over_budget, is_priced_here, user_id, team, project, feature, customer
    FROM stated
  )`;

/** Sums over the leaves of tasks without a roll-up. Every leaf names its task, so the tree is not needed. */
const RUNNING = `
  running_steps AS (
    SELECT task, count(*) AS steps FROM rollups WHERE scope = 'step' AND NOT is_correction GROUP BY task
  ),
  running_leaves AS (
    SELECT * FROM costs WHERE task IS NOT NULL AND task NOT IN (SELECT scope_id FROM stated)
  ),
  running AS (
    SELECT
      l.task AS id, arg_min(trace_id, seq) AS trace_id,
      coalesce(max(task_name) FILTER (task_id = l.task), max(task_name), l.task) AS name,
      any_value(session_id) AS session_id, any_value(service) AS service, 'running' AS state, NULL AS outcome,
      min(start_ns) AS start_ns, NULL::BIGINT AS end_ns, max(at_ns) AS at_ns, 0::DOUBLE AS actions,
      coalesce(any_value(s.steps), count(*) FILTER (is_llm_call)) AS steps,
      coalesce(sum(input_tokens) FILTER (is_llm_call), 0) AS input_tokens,
      coalesce(sum(output_tokens) FILTER (is_llm_call), 0) AS output_tokens,
      count(*) FILTER (is_llm_call) AS llm_calls, count(*) FILTER (is_tool_call) AS tool_calls,
      count(*) FILTER (is_failed AND (is_llm_call OR is_tool_call)) AS failed_calls,
      count(*) FILTER (attempt > 1) AS retries,
      coalesce(sum(pico) FILTER (kind = 'llm'), 0) AS llm, coalesce(sum(pico) FILTER (kind = 'tool'), 0) AS tool,
      coalesce(sum(pico), 0) AS total, coalesce(sum(pico) FILTER (status = 'estimated'), 0) AS estimated,
      coalesce(sum(unpriced), 0) AS unpriced, coalesce(bool_or(is_open_ended), false) AS is_lower,
      coalesce(sum(pico) FILTER (is_failed), 0) AS wasted, NULL::BIGINT AS budget,
      bool_or(over_budget) AS over_budget, bool_or(is_priced_here) AS is_priced_here,
      any_value(user_id) AS user_id, any_value(team) AS team, any_value(project) AS project,
      any_value(feature) AS feature, any_value(customer) AS customer
    FROM running_leaves l LEFT JOIN running_steps s ON s.task = l.task
    GROUP BY l.task
  )`;

/** The common tables of the tasks, for behind `WITH`. The last one is `tasks`. */
export const TASKS = `${STATED}, ${ENDED}, ${RUNNING},
  tasks AS (SELECT * FROM ended UNION ALL SELECT * FROM running)`;

/** Only tasks that have ended. */
export const ENDED_TASKS = `${STATED}, ${ENDED}`;

/** From so many tasks of a name on, their median says what is usual. */
const MIN_TASKS_FOR_MEDIAN = 8;

/** Behind {@link TASKS}: what is usual for each name. */
export const USUAL = `
  usual AS (
    SELECT name,
      quantile_disc(total, 0.5) AS usual_total, quantile_disc(llm, 0.5) AS usual_llm,
      quantile_disc(tool, 0.5) AS usual_tool, quantile_disc(retries, 0.5) AS usual_retries,
      quantile_disc(failed_calls, 0.5) AS usual_failed, quantile_disc(steps, 0.5) AS usual_steps,
      quantile_disc(input_tokens + output_tokens, 0.5) AS usual_tokens
    FROM ended GROUP BY name HAVING count(*) >= ${MIN_TASKS_FOR_MEDIAN}
  )`;

/**
 * Ids of tasks, inner ones too, whose whole cost is wasted. A task in an inner task without success is found by its
 * parents, which are read only of traces with such a task and a further one. Behind `WITH RECURSIVE`.
 */
export const UNSUCCESSFUL = `
  failed AS (
    SELECT DISTINCT trace_id, task, scope_id FROM rollups
    WHERE scope = 'task' AND outcome IN ('failure', 'cancelled')
  ),
  inner_tasks AS (
    SELECT DISTINCT trace_id, task, scope_id FROM rollups WHERE scope = 'task' AND scope_id != task
  ),
  deep_traces AS (
    SELECT DISTINCT f.trace_id FROM failed f JOIN inner_tasks i
      ON i.trace_id = f.trace_id AND i.task = f.task AND i.scope_id != f.scope_id
    WHERE f.scope_id != f.task
  ),
  deep_spans AS (
    SELECT trace_id, span_id, parent_id FROM spans WHERE trace_id IN (SELECT trace_id FROM deep_traces)
  ),
  below_failed AS (
    SELECT trace_id, scope_id AS span_id FROM failed
    WHERE scope_id != task AND trace_id IN (SELECT trace_id FROM deep_traces)
    UNION
    SELECT s.trace_id, s.span_id FROM deep_spans s JOIN below_failed b
      ON s.trace_id = b.trace_id AND s.parent_id = b.span_id
  ),
  unsuccessful AS (
    SELECT scope_id FROM failed
    UNION
    SELECT i.scope_id FROM inner_tasks i JOIN below_failed b ON i.trace_id = b.trace_id AND i.scope_id = b.span_id
  )`;

/** The wasted part of a row of `costs`: of a failed call, or in a task without success. */
export const WASTED_LEAF = `
  CASE WHEN is_failed OR task IN (SELECT scope_id FROM unsuccessful)
    OR task_id IN (SELECT scope_id FROM unsuccessful) THEN pico END`;

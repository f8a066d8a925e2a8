/** Where the same work could cost less. */
import {
  dashboard,
  PROMETHEUS_VARIABLE,
  SERVICE_VARIABLE,
  TASK_VARIABLE,
  TEMPO_VARIABLE,
  typedIn,
} from './model.mjs';
import {
  BAD_IF_ANY,
  bars,
  COUNT,
  levels,
  MERGED,
  now,
  ofSpans,
  SHARE,
  SMALL_USD,
  spans,
  stat,
  TEMPO_SUMS,
  table,
  USD,
} from './panels.mjs';
import { OF_TASK, orZero, orZeroOf, total } from './promql.mjs';

/** Names of models whose family has a smaller one, dated or not: those that the hints of `otel-agent-cost/optimize` know. */
const LARGER_MODELS = [
  'claude-(opus|sonnet)-.*',
  'claude-3(-[0-9])?-(opus|sonnet)(-([0-9]{8}|latest))?',
  '(gpt-[0-9][0-9.]*(o|-mini)?|o[0-9]|gemini-[0-9][0-9.]*-(pro|flash)|mistral-(large|medium))(-([0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}|latest))?',
].join('|');

const LLM = `${OF_TASK},cost_kind="llm"`;
const LARGER = `${LLM},gen_ai_response_model=~"\${larger_models:raw}"`;
/** Tempo drops what it has summed when it comes to a span without the attribute. */
const KEPT_LARGER =
  '{ resource.service.name =~ "${job:pipe}" && span.cost.kind = "llm" && span.cost_usd != nil && span.gen_ai.response.model =~ "${larger_models:raw}" && span.gen_ai.usage.output_tokens <= $short_output_tokens }';

const onLarger = orZero(total('cost_usd_total', { of: LARGER }));
const inTable = { table: true };
const RATE = { ...SHARE, thresholds: levels(['red'], [0.2, 'orange'], [0.5, 'green']) };

/** A share of calls or tokens by a label: 0 where the part has no series. */
function shareBy(metric, part, by) {
  const whole = total(metric, { by });
  return `${orZeroOf(total(metric, { of: `${OF_TASK},${part}`, by }), whole)} / ${whole}`;
}

const models = {
  title: 'Cheaper models',
  lines: [
    [
      stat(
        'Calls a cheaper model could take',
        'Share of LLM calls on models whose family has a smaller one: an upper bound. Whether it can do the work shows in the cost per successful task; costHints() of otel-agent-cost/optimize has the very prices.',
        now(
          `${orZero(total('cost_calls_total', { of: LARGER }))} / ${total('cost_calls_total', { of: LLM })}`,
        ),
        { ...SHARE, size: { w: 6, h: 4 } },
      ),
      stat('What those calls cost', 'On models whose family has a smaller one.', now(onLarger), {
        ...USD,
        size: { w: 6, h: 4 },
      }),
      stat(
        'Saved at most',
        'If all of them ran on a model at the price ratio given above.',
        now(`${onLarger} * (1 - $smaller_price_ratio)`),
        { ...USD, size: { w: 6, h: 4 } },
      ),
      stat(
        'Saved already',
        'By caches, routers and compression: no part of the cost.',
        now(orZero(total('cost_saved_usd_total'))),
        { ...USD, size: { w: 6, h: 4 } },
      ),
    ],
    [
      bars(
        'Short answers of large models: calls',
        'Calls with few output tokens, of those of twelve hours that Tempo has kept: the first to try on a smaller model.',
        ofSpans(`${KEPT_LARGER} | count_over_time() by (span.gen_ai.response.model)`),
        {
          ...COUNT,
          size: { w: 8, h: 7 },
          ...TEMPO_SUMS,
        },
      ),
      bars(
        'Short answers of large models: cost',
        'What those calls cost.',
        ofSpans(`${KEPT_LARGER} | sum_over_time(span.cost_usd) by (span.gen_ai.response.model)`),
        { ...SMALL_USD, size: { w: 8, h: 7 }, ...TEMPO_SUMS },
      ),
      bars(
        'Saved, by tool and model',
        'By caches of tools, and by routers and compression of models.',
        now(total('cost_saved_usd_total', { by: ['gen_ai_tool_name', 'gen_ai_response_model'] }), {
          legend: '{{gen_ai_tool_name}}{{gen_ai_response_model}}',
        }),
        {
          ...SMALL_USD,
          size: { w: 8, h: 7 },
        },
      ),
    ],
  ],
};

const caches = {
  title: 'Caches and attempts',
  lines: [
    [
      bars(
        'Cache hit rate by tool',
        'Lookups of cached tools that found a result.',
        now(shareBy('cost_cache_lookups_total', 'cost_cache_result="hit"', ['gen_ai_tool_name']), {
          legend: '{{gen_ai_tool_name}}',
        }),
        RATE,
      ),
      bars(
        "Input from the provider's cache by model",
        'Share of input tokens that were read from the cache, at a tenth to a half of their price.',
        now(promptCacheShare(), { legend: '{{gen_ai_response_model}}' }),
        RATE,
      ),
      bars(
        'Failed calls by model and tool',
        'Share of calls that failed; each is paid for or made again.',
        now(shareOfFailedCalls(), { legend: '{{gen_ai_tool_name}}{{gen_ai_response_model}}' }),
        {
          ...SHARE,
          thresholds: levels(['green'], [0.05, 'orange'], [0.2, 'red']),
        },
      ),
    ],
  ],
};

function promptCacheShare() {
  const by = ['gen_ai_response_model'];
  const input = total('cost_tokens_total', {
    of: `${OF_TASK},gen_ai_token_type=~"input|cache_read|cache_write"`,
    by,
  });
  const read = total('cost_tokens_total', { of: `${OF_TASK},gen_ai_token_type="cache_read"`, by });
  return `${orZeroOf(read, input)} / ${input}`;
}

function shareOfFailedCalls() {
  const by = ['gen_ai_tool_name', 'gen_ai_response_model'];
  const calls = total('cost_calls_total', { by });
  return `${orZeroOf(total('cost_failed_calls_total', { by }), calls)} / ${calls}`;
}

const waste = {
  title: 'Waste and budgets',
  lines: [
    [
      stat(
        'Wasted',
        'What failed calls and tasks without success cost: inside the total.',
        now(orZero(total('cost_wasted_usd_total'))),
        { ...USD, size: { w: 6, h: 4 } },
      ),
      stat(
        'Wasted share',
        'Of all that was spent.',
        now(`${orZero(total('cost_wasted_usd_total'))} / ${total('cost_usd_total')}`),
        {
          ...SHARE,
          size: { w: 6, h: 4 },
          thresholds: levels(['green'], [0.05, 'orange'], [0.15, 'red']),
        },
      ),
      stat(
        'Budgets hit',
        'Budgets of tasks, agents, sessions and calls that were crossed.',
        now(orZero(total('cost_budget_hits_total'))),
        { ...COUNT, size: { w: 6, h: 4 }, thresholds: BAD_IF_ANY },
      ),
      stat(
        'Calls refused',
        'Calls that were not made because a budget had no room.',
        now(orZero(total('cost_budget_refusals_total'))),
        { ...COUNT, size: { w: 6, h: 4 }, thresholds: levels(['green'], [1, 'orange']) },
      ),
    ],
    [
      table(
        'Waste and budgets by task',
        'Wasted spend, its reasons, and budgets that were hit, by the name of the task.',
        [
          now(
            total('cost_wasted_usd_total', {
              of: `${OF_TASK},cost_waste_reason="failed_task"`,
              by: ['task_name'],
            }),
            inTable,
          ),
          now(
            total('cost_wasted_usd_total', {
              of: `${OF_TASK},cost_waste_reason="failed_call"`,
              by: ['task_name'],
            }),
            inTable,
          ),
          now(
            total('cost_budget_hits_total', { of: `${OF_TASK},cost_budget_scope="task"`, by: ['task_name'] }),
            inTable,
          ),
          now(total('cost_budget_refusals_total', { by: ['task_name'] }), inTable),
        ],
        {
          before: MERGED,
          columns: [
            { from: 'task_name', to: 'Name' },
            { from: 'Value #A', to: 'Tasks without success', ...SMALL_USD },
            { from: 'Value #B', to: 'Failed calls', ...SMALL_USD },
            { from: 'Value #C', to: 'Task budgets hit', ...COUNT, thresholds: BAD_IF_ANY },
            { from: 'Value #D', to: 'Calls refused', ...COUNT },
          ],
          hidden: ['Time'],
          sortBy: 'Tasks without success',
          size: { w: 12, h: 9 },
        },
      ),
      table(
        'Tasks over budget',
        'The tasks themselves; sampling keeps them all.',
        [
          spans(
            '{ resource.service.name =~ "${job:pipe}" && span.task.name =~ "${task:pipe}" && span.task.id != nil && span.task.over_budget = true } | select(span.task.id, span.task.name, span.task.budget_usd, span.task.cost_usd, span.task.outcome) with (most_recent=true)',
          ),
        ],
        {
          before: [
            {
              id: 'convertFieldType',
              options: {
                fields: {},
                conversions: ['task.budget_usd', 'task.cost_usd'].map((targetField) => ({
                  targetField,
                  destinationType: 'number',
                })),
              },
            },
          ],
          columns: [
            { from: 'task.id', to: 'Task id' },
            { from: 'task.name', to: 'Name' },
            { from: 'task.outcome', to: 'Outcome' },
            { from: 'task.budget_usd', to: 'Budget', ...SMALL_USD },
            { from: 'task.cost_usd', to: 'Total', ...SMALL_USD },
            { from: 'Span ID', to: 'Span' },
          ],
          hidden: [
            'traceIdHidden',
            'traceService',
            'traceName',
            'name',
            'duration',
            'time',
            'task.over_budget',
          ],
          sortBy: 'Total',
          size: { w: 12, h: 9 },
        },
      ),
    ],
  ],
};

export const savings = dashboard({
  uid: 'agent-cost-savings',
  title: 'Agent cost: savings',
  description: 'Optimisation opportunities: cheaper models, caches, failed attempts, waste, budgets.',
  from: 'now-24h',
  variables: [
    PROMETHEUS_VARIABLE,
    TEMPO_VARIABLE,
    SERVICE_VARIABLE,
    TASK_VARIABLE,
    typedIn(
      'larger_models',
      'Larger models',
      'A pattern of the models whose calls a smaller one might take.',
      LARGER_MODELS,
    ),
    typedIn(
      'smaller_price_ratio',
      'Price ratio',
      'What the smaller model costs, as a share of the larger one.',
      '0.2',
    ),
    typedIn('short_output_tokens', 'Short answer', 'At most so many output tokens.', '200'),
  ],
  rows: [models, caches, waste],
});

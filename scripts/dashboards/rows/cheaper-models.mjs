/** Calls that a smaller model might take. */
import {
  bars,
  COUNT,
  MERGED,
  NEEDS_HINTS,
  now,
  ofSpans,
  SHARE,
  SMALL_USD,
  stat,
  TEMPO_SUMS,
  table,
  USD,
} from '../panels.mjs';
import { OF_TASK, orZero, total } from '../promql.mjs';

/**
 * Names of models with a smaller model in their family, dated or not: the ones that the hints of
 * `otel-agent-cost/optimize` know.
 */
export const LARGER_MODELS = [
  'claude-(opus|sonnet)-.*',
  'claude-3(-[0-9])?-(opus|sonnet)(-([0-9]{8}|latest))?',
  '(gpt-[0-9][0-9.]*(o|-mini)?|o[0-9]|gemini-[0-9][0-9.]*-(pro|flash)|mistral-(large|medium))(-([0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}|latest))?',
].join('|');

const LLM = `${OF_TASK},cost_kind="llm"`;
const LARGER = `${LLM},gen_ai_response_model=~"\${larger_models:raw}"`;
/** Tempo discards its sum when it reaches a span without the attribute. */
const KEPT_LARGER =
  '{ resource.service.name =~ "${job:pipe}" && span.cost.kind = "llm" && span.cost_usd != nil && span.gen_ai.response.model =~ "${larger_models:raw}" && span.gen_ai.usage.output_tokens <= $short_output_tokens }';

const onLarger = orZero(total('cost_usd_total', { of: LARGER }));

const swap = { by: ['gen_ai_response_model', 'cost_smaller_model', 'task_name'] };
const billed = total('cost_smaller_model_billed_usd_total', swap);
const onSmaller = total('cost_smaller_model_usd_total', swap);
const inTable = { table: true };
export const cheaperModels = {
  title: 'Cheaper models',
  lines: [
    [
      stat(
        'Calls a cheaper model could take',
        'Share of LLM calls on models whose family has a smaller one: an upper bound. Whether it can do the work shows in the cost per action.',
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
        `If all of them ran on the next smaller model of their family, at its price for the same tokens. ${NEEDS_HINTS}`,
        now(`${total('cost_smaller_model_billed_usd_total')} - ${total('cost_smaller_model_usd_total')}`),
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
      table(
        'Which model to swap',
        `What calls cost, and what the same tokens would have cost on the next smaller model of the family: by model and task, the largest saving first. ${NEEDS_HINTS}`,
        [
          now(billed, inTable),
          now(onSmaller, inTable),
          now(`${billed} - ${onSmaller}`, inTable),
          now(`(${billed} - ${onSmaller}) / (${billed} > 0)`, inTable),
        ],
        {
          before: MERGED,
          columns: [
            { from: 'gen_ai_response_model', to: 'Model' },
            { from: 'cost_smaller_model', to: 'Smaller model' },
            { from: 'task_name', to: 'Task' },
            { from: 'Value #A', to: 'Cost', ...SMALL_USD },
            { from: 'Value #B', to: 'On the smaller model', ...SMALL_USD },
            { from: 'Value #C', to: 'Saved', ...SMALL_USD },
            { from: 'Value #D', to: 'Saved share', ...SHARE },
          ],
          hidden: ['Time'],
          sortBy: 'Saved',
        },
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

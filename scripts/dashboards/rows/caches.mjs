/** Cache hits and failures. */
import { bars, levels, NEEDS_HINTS, now, SHARE, SMALL_USD } from '../panels.mjs';
import { OF_TASK, orZeroOf, total } from '../promql.mjs';

const RATE = { ...SHARE, thresholds: levels(['red'], [0.2, 'orange'], [0.5, 'green']) };

/** A share of calls or tokens by a label. 0 when the part has no series. */
function shareBy(metric, part, by) {
  const whole = total(metric, { by });
  return `${orZeroOf(total(metric, { of: `${OF_TASK},${part}`, by }), whole)} / ${whole}`;
}

export const caches = {
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
    [
      bars(
        'Input that was sent again by model',
        `Share of input tokens that the previous call of the same loop had sent already. The provider's cache makes them cheaper, compression fewer. ${NEEDS_HINTS}`,
        now(sentAgainShare(), { legend: '{{gen_ai_response_model}}' }),
        { ...SHARE, size: { w: 12, h: 8 }, thresholds: levels(['green'], [0.5, 'orange'], [0.8, 'red']) },
      ),
      bars(
        'Repeated tool calls by tool',
        `What calls with the arguments of an earlier successful call cost: a cache would have answered them. ${NEEDS_HINTS}`,
        now(total('cost_repeated_usd_total', { by: ['gen_ai_tool_name'] }), {
          legend: '{{gen_ai_tool_name}}',
        }),
        { ...SMALL_USD, size: { w: 12, h: 8 } },
      ),
    ],
  ],
};

function sentAgainShare() {
  const by = ['gen_ai_response_model'];
  const input = total('cost_tokens_total', {
    of: `${OF_TASK},gen_ai_token_type=~"input|cache_read|cache_write"`,
    by,
  });
  return `${total('cost_sent_again_tokens_total', { by })} / ${input}`;
}

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

/** Intended differences between the old build and a new one. Filled as changes land. */

const UNPRICED = /^unpriced:(.*)/;

/** The old texts after `unpriced:` by their word of today. */
const UNPRICED_REASONS = {
  'no-usage': 'no_usage',
  'unknown-size': 'no_usage',
  'no-result': 'no_result',
  'no-response': 'no_result',
  'no-cost': 'no_result',
  'refused-amount': 'bad_amount',
  'over-limit': 'bad_amount',
  'invalid-usage': 'bad_amount',
  'invalid-options': 'bad_amount',
  unseen: undefined,
};

/** `genai-prices@1/openai/gpt-4o;tier=batch` is `genai-prices/openai/gpt-4o:batch@1` now. */
function sourceOf(source) {
  if (typeof source !== 'string') return source;
  if (UNPRICED.test(source)) return undefined;
  return source.replace(/genai-prices@([^/]+)\/([^+;]+)((?:;tier=[a-z]+)?)/g, (_, version, model, tier) => {
    return `genai-prices/${model}${tier.replace(';tier=', ':')}@${version}`;
  });
}

function reasonOf(source) {
  const why = typeof source === 'string' ? UNPRICED.exec(source)?.[1] : undefined;
  if (why === undefined) return undefined;
  return why in UNPRICED_REASONS ? UNPRICED_REASONS[why] : 'unknown_model';
}

/**
 * Renamed keys, and values in another form: these are no differences. `key` is the old name, a string or a pattern whose
 * groups `to` may use. `value` makes the new value from the old one; undefined leaves the key out. Several entries may take
 * from one key. The rows of both builds go through this table, so `value` must leave a new value as it is.
 *
 * @type {{ key: string | RegExp, to: string, value?: (value: any) => unknown }[]}
 */
export const renames = [
  { key: /^(agent|task|session)\.cost_nano_usd$/, to: '$1.cost_usd_nanos' },
  { key: /^cost\.(team|project|feature|customer)$/, to: 'cost.tag.$1' },
  { key: 'cost.source', to: 'cost.source', value: sourceOf },
  { key: 'cost.source', to: 'cost.reason', value: reasonOf },
  { key: 'cost.not_billed', to: 'cost.reason' },
  { key: 'cost.not_billed', to: 'cost.status', value: () => 'not_billed' },
];

/** What is no span, by the name of today. */
export const rowRenames = [{ name: /^(task|session)\.dearest_open_cost_usd/, to: '$1.max_open_cost_usd' }];

const isNew = (before, after, key) => before[key] === undefined && after[key] !== undefined;
const isGone = (before, after, key) => before[key] !== undefined && after[key] === undefined;

/**
 * Single keys that are to differ, with the clause that asks for it. What else differs on the same span is still a kind: a
 * changed `cost_usd` beside a dropped `cost.context_used_ratio` is a changed `cost_usd`.
 *
 * @type {import('./support/kinds.mjs').Mask[]}
 */
export const masks = [
  {
    key: 'cost.context_used_ratio',
    says: 'gone from calls',
    clause: '2: it stands on steps only',
    when: (before, after, key) =>
      isGone(before, after, key) && after['gen_ai.operation.name'] !== 'agent_step',
  },
  {
    key: 'gen_ai.agent.name',
    says: 'new on own cost',
    clause: '2: the nearest agent, on every span with own cost',
    when: isNew,
  },
  {
    key: /^(task\.(id|name|root_id)|session\.id)$/,
    says: 'new on own cost and scopes',
    clause: '2: leaves, agents, steps and sub-tasks carry task.id, task.root_id and session.id',
    when: isNew,
  },
  {
    key: /^(agent|task|session)\.estimated_cost_usd$|^estimatedCostUsd$/,
    says: 'new',
    clause: '2: the part of the total that is estimated',
    when: isNew,
  },
  {
    key: 'cost.reason',
    says: 'new beside a status that is the same',
    clause: '2: why, with any status but free',
    when: (before, after, key) => isNew(before, after, key) && before['cost.status'] === after['cost.status'],
  },
  {
    key: /^cost\.(status|reason)$/,
    says: 'estimated, for a reason that was not given before',
    clause: '2 and law 4: what is known in part is estimated, with the reason',
    when: (before, after, key) =>
      isNew(before, after, key) &&
      before['cost.status'] === undefined &&
      after['cost.status'] === 'estimated',
  },
  {
    key: 'cost.anomaly',
    says: 'a source in its new form',
    clause: '2: cost.source, the version last',
    when: (before, after, key) => sourceOf(before[key]) === after[key],
  },
];

/**
 * Kinds of differences that a reviewer has seen, as compare.mjs prints them, with the clause that asks for each.
 *
 * @type {{ kind: string | RegExp, clause: string }[]}
 */
export const accepted = [
  // Own cost: which span is billed, and how sure its amount is.
  {
    kind: /^own cost (sure|estimated|free) → not billed \((aggregate|duplicate|covered|\w+_\w+)\)$/,
    clause: '4: only a tool is a border of a call: agents, steps, tasks and wrappers inside are parts of it',
  },
  {
    kind: /^own cost not billed \((aggregate|duplicate|covered)\) → (sure|estimated)$/,
    clause: '4: what is behind a tool is beside a call, and is never subtracted from it nor billed for it',
  },
  {
    kind: /^own cost not billed \(replay\) → (sure|estimated)$/,
    clause: '4, response ids: one recorder twice, or two inputs, are two calls',
  },
  {
    kind: /^own cost not billed \(\w+\) → not billed \((aggregate|duplicate|covered)\)$/,
    clause: '2, cost.reason: where the rest of a statement was billed',
  },
  {
    kind: /^own cost (not billed \(\w+\)|unpriced) → not billed \((unexplained_sum|ambiguous_usage|partial_statement)\)$/,
    clause:
      '4: a sum between its own calls and everything below, or an id of two calls, is marked though it bills nothing',
  },
  {
    kind: /^own cost not billed \(\w+\) → not billed \((reported_differs|dropped_cache|guessed_provider|unread_usage|other_tier)\)$/,
    clause: '4, money beside tokens: a node may be estimated with no own cost',
  },
  {
    kind: /^own cost (sure|estimated): (higher|lower) in new( \(\w+\))?$/,
    clause: '4: the bill is the increase of the due, each side for itself; a part is estimated',
  },
  {
    kind: /^own cost (absent|not billed \((aggregate|duplicate|covered|replay)\)) → (unpriced|free)$/,
    clause:
      '4, llm_calls is a side of due: a call that nothing around counts is one, and its cost is not known',
  },
  {
    kind: /^own cost (unpriced|free) → (absent|not billed \((aggregate|duplicate|covered)\))$/,
    clause: '4, llm_calls is a side of due: the call is counted by what is around or below it',
  },
  {
    kind: /^own cost free → unpriced$/,
    clause: 'law 9: an error with status 429 in the middle of a stream is no refusal, for the model has run',
  },
  {
    kind: /^own cost (unpriced|free) → (sure|estimated)$/,
    clause: '4, an open withLlm: it writes the bills of the spans inside, and a part of them is estimated',
  },
  {
    kind: /^own cost (sure|estimated): cost\.source(, gen_ai\.usage\.cost)? genai-prices… → genai-prices…(; lower in new)?$/,
    clause:
      '4: the order of ends decides at whose model the bill is priced; 2: several models, the version once',
  },
  { kind: /^span "cost \{name\}" only in (old|new)/, clause: '4: the rest of a sum; late is not lost' },
  { kind: /^cost\.context_(used|growth)_ratio/, clause: '2: on steps only, of a call that is counted there' },
  { kind: /^cost\.rate_match "alias"/, clause: '2, with the bill' },
  { kind: /^cost\.anomaly/, clause: '2: what was wrong and was repaired; with the bill, and no rate' },
  // Figures of scopes.
  {
    kind: /^figure (llm_calls|steps|failed_calls) (higher|lower) in new$/,
    clause:
      '4, counts: llm_calls is a side of due; a failed call that is part of another is not counted beside it',
  },
  {
    kind: /^figure (unpriced_calls (higher|lower) in new|cost_complete (true → false|false → true))$/,
    clause: '2 and law 4: a call that is open when its scope ends is missing; a call is unpriced once',
  },
  {
    kind: /^(figure corrections (higher|lower) in new|span "cost correction" only in (old|new))$/,
    clause: 'law 8: once an open call has ended its scope is stated again, and not where nothing changed',
  },
  {
    kind: /^figure [a-z_]*(cost_usd|cost_usd_nanos|_tokens|tool_calls|action_usd) (higher|lower) in new$/,
    clause: '4: one correction more or less before this one, or no spans, where own cost is not seen',
  },
  {
    kind: /^(roll-up only in (old|new)|summary "[^"]+" only in (old|new)|task\.(id|name) (only in old|changed))$/,
    clause: '2, which span is the task: where AI work happened below it, open calls included',
  },
  {
    kind: /^(session\.id (changed|only in old)|figure session_id only in new)$/,
    clause: '2, session of a span: of the nearest wrapper; on spans with own cost and scopes',
  },
  {
    kind: /^receipt: text changed$/,
    clause: '4, counts: an agent that made no call of its own has none in its line',
  },
  { kind: /^stats "processor" only in (old|new)$/, clause: 'law 8, corrections' },
  { kind: 'figure unread_usage only in new', clause: '4, reading usage: the paths of numbers nobody knows' },
  {
    kind: /^figure by_(model|tool) only in new$/,
    clause: '5: totals have a row for each model and each tool',
  },
  {
    kind: 'openinference.span.kind only in new',
    clause: '3, dialect openinference: spans of ours say their kind',
  },
  // Reading usage: what a span or a response states.
  {
    kind: /^own cost absent → not billed \((aggregate|duplicate|partial_statement|unexplained_sum)\)$|^own cost not billed \((partial_statement|unexplained_sum)\): gen_ai\.usage\.cost only in new$/,
    clause: '4, reading usage: counts under any name are usage, also on a span that does not say what it is',
  },
  {
    kind: /^own cost sure: cost\.source reported → genai-prices…$/,
    clause: '4, a reported bill: a cost that an instrumentation computed from its own list is no bill',
  },
  {
    kind: /^gen_ai\.usage\.(input|output)_tokens higher in new$/,
    clause: '4, a sum of several calls: the tokens of all models of a run, such as an advisor',
  },
  { kind: 'nothing "" only in old', clause: 'law 8, corrections: the trace has other rows' },
  {
    kind: /^metric (cost\.|task\.|session\.|")/,
    clause: '4: metrics count what is billed, and label it by the model that is billed',
  },
  // A budget that is spent sooner or later, because another amount was billed before.
  {
    kind: /^(\((events|status)\)|cost\.budget\.(measure|scope)|error\.type|outcome: (limit|scope|threw)|figure over_budget) /,
    clause: '5, budgets: by what is billed',
  },
  {
    kind: /^(figure (budget_unknown_calls higher|budget_refusals (higher|lower)) in new|outcome: (spent|estimate) (higher|lower) in new|outcome: aborted false → true|outcome "call N" only in (old|new))$/,
    clause:
      'law 9: what was reserved for a call of unknown cost stays booked, and an estimate is an upper bound',
  },
  {
    kind: /^own cost (refused → (sure|estimated|unpriced|free|absent)|(sure|estimated|unpriced|free|absent) → refused)$/,
    clause: '5, budgets: by what is billed',
  },
  {
    kind: /^(gen_ai\.(response|usage)\.[a-z_.]+ only in (old|new)|span "(foreign (chat|tool) N|execute_tool \w+|chat( [\w-]+)?)" only in (old|new))/,
    clause: '5, budgets: a refused call makes no span below and has no response',
  },
];

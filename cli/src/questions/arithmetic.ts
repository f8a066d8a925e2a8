/** How the cost of a span was computed. */

import { attributesIn } from '../store/priced-trace.js';
import { sumOf, wordOf } from '../store/row-values.js';
import { millisOf } from '../store/span-times.js';
import type { Arithmetic, OwnCost } from '../task-answers.js';
import { OWN_COST, ownCostOf } from './own-cost.js';
import type { QuestionContext } from './source.js';

/** Tokens × rate. Undefined where the rates are not known. */
export type Explain = (
  attributes: Readonly<Record<string, unknown>>,
  timeMillis: number,
) => Pick<Arithmetic, 'lines' | 'notes'> | undefined;

export async function arithmeticOf(
  { database }: QuestionContext,
  explain: Explain | undefined,
  traceId: string,
  spanId: string,
): Promise<Arithmetic | undefined> {
  const parameters = { trace: traceId, span: spanId };
  const [cost] = await database.all(
    `SELECT ${OWN_COST}, start_ns FROM costs WHERE trace_id = $trace AND span_id = $span
     ORDER BY is_priced_here LIMIT 1`,
    parameters,
  );
  if (cost === undefined) return undefined;
  const own = ownCostOf(cost);
  const [span = {}] = await database.all(
    'SELECT attributes FROM spans WHERE trace_id = $trace AND span_id = $span ORDER BY is_priced_here LIMIT 1',
    parameters,
  );
  const startMillis = millisOf(sumOf(cost, 'start_ns'));
  const isByRate = /^(?:genai-prices|corrections|override)\//.test(own.source ?? '');
  const asks = own.pico === null ? own.status === 'unpriced' && own.kind === 'llm' : isByRate;
  const explained = !asks ? undefined : explain?.(attributesIn(wordOf(span, 'attributes')), startMillis);
  const lines = explained?.lines ?? [];
  const sum = lines.reduce((total, line) => total + BigInt(line.pico), 0n);
  return {
    own,
    lines,
    notes: [...notesOf(own, new Date(startMillis).toISOString().slice(0, 10)), ...(explained?.notes ?? [])],
    addsUp: own.pico !== null && lines.length > 0 && sum === BigInt(own.pico),
  };
}

/** By the day of the call, whose prices apply. */
const SOURCES: readonly [RegExp, (match: RegExpExecArray, day: string) => string][] = [
  [/^reported/, () => 'The provider or gateway reported this amount.'],
  [/^returned/, () => 'The result of the call stated this amount.'],
  [/^declared/, () => 'The app declared this amount or rate.'],
  [/^override\/([^;]*)/, ([, rate]) => `At the rate ${rate} that the app set.`],
  [
    /^genai-prices\/(.*)@([^@;]*)/,
    ([, model, version], day) =>
      `At the list price of ${model} on ${day}, from version ${version} of genai-prices.`,
  ],
  [
    /^corrections\/(.*)@([^@;]*)/,
    ([, model, date]) => `At the corrected list price of ${model}, checked on ${date}.`,
  ],
];

const STATUS_NOTES: Readonly<Record<string, string>> = {
  free: 'Known to be free.',
  estimated: 'Estimated',
  unpriced: 'The cost is not known',
  not_billed: 'Not billed here, because another span is',
};

/** The words of `cost.reason`, as docs/attributes.md explains them. */
const REASONS: Readonly<Record<string, string>> = {
  reported_differs: 'the reported bill is far from the list price, or cannot be a bill',
  sum_of_calls: 'calls were reported as one sum, and the price depends on each call',
  unexplained_sum: 'the reported sum does not fit the calls below it',
  partial_statement: 'only a part of the call is billed here',
  ambiguous_usage: 'the token counts can be read in two ways, or the call may be billed twice',
  unread_usage: 'a count could not be read, so the amount may be too low',
  dropped_cache: 'cached tokens may be hidden, so the amount may be too high',
  unsplit_modality: 'audio, images or video are not counted apart from text',
  stream_cut: 'the stream was cut off',
  prefix_match: 'priced as the model with which the name begins',
  moving_alias: 'the name has stood for several models',
  other_tier: 'the tier has no rate of its own',
  guessed_provider: 'the provider was guessed',
  unknown_model: 'the price list has no rate for the model, or for something that it used',
  no_usage: 'there are no token counts',
  no_result: 'the call or tool stated no cost',
  bad_amount: 'the stated amount is none',
  aggregate: 'it repeats the calls below it',
  covered: 'a call or tool around it is billed',
  duplicate: 'another span of the same call is billed',
};

/** Where the amount is from and what is in doubt. */
function notesOf(own: OwnCost, day: string): string[] {
  const notes: string[] = [];
  for (const [pattern, note] of SOURCES) {
    const match = pattern.exec(own.source ?? '');
    if (match !== null) notes.push(note(match, day));
  }
  const factor = /;factor=([\d.e-]+)/.exec(own.source ?? '')?.[1];
  if (factor !== undefined) notes.push(`Multiplied by ${factor}.`);
  if (own.rateMatch !== null) notes.push(`The model was matched by ${own.rateMatch}.`);
  if (own.status !== null) {
    notes.push(
      own.reason === null
        ? `${STATUS_NOTES[own.status]}`
        : `${STATUS_NOTES[own.status]}: ${REASONS[own.reason] ?? own.reason}.`,
    );
  }
  if (own.anomaly !== null) notes.push(own.anomaly);
  return notes;
}

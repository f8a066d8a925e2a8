/** How the cost of a span was computed. */
import type { Arithmetic, OwnCost } from '../api.js';
import { attributesIn } from '../store/priced-trace.js';
import { isTrue, sumOf, wordOf } from '../store/row-values.js';
import { millisOf } from '../store/span-times.js';
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
    `SELECT ${OWN_COST}, start_ns, is_priced_here FROM costs WHERE trace_id = $trace AND span_id = $span
     ORDER BY is_priced_here LIMIT 1`,
    parameters,
  );
  if (cost === undefined) return undefined;
  const own = ownCostOf(cost);
  const [span = {}] = await database.all(
    'SELECT attributes FROM spans WHERE trace_id = $trace AND span_id = $span ORDER BY is_priced_here LIMIT 1',
    parameters,
  );
  const isByRate = /^(?:genai-prices|corrections|override)\//.test(own.source ?? '');
  const asks = own.pico === null ? own.status === 'unpriced' && own.kind === 'llm' : isByRate;
  const explained = !asks
    ? undefined
    : explain?.(attributesIn(wordOf(span, 'attributes')), millisOf(sumOf(cost, 'start_ns')));
  const lines = explained?.lines ?? [];
  const sum = lines.reduce((total, line) => total + BigInt(line.pico), 0n);
  return {
    own,
    lines,
    notes: [...notesOf(own, isTrue(cost, 'is_priced_here')), ...(explained?.notes ?? [])],
    addsUp: own.pico !== null && lines.length > 0 && sum === BigInt(own.pico),
  };
}

const SOURCES: readonly [RegExp, (match: RegExpExecArray) => string][] = [
  [/^reported/, () => 'The provider or gateway reported this amount.'],
  [/^returned/, () => 'The result of the call stated this amount.'],
  [/^declared/, () => 'The app declared this amount or rate.'],
  [/^override\/([^;]*)/, ([, rate]) => `At the rate ${rate} that the app set.`],
  [
    /^genai-prices\/(.*)@([^@;]*)/,
    ([, model, version]) => `At the list price of ${model}, from version ${version} of genai-prices.`,
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

/** Where the amount is from and what is in doubt. */
function notesOf(own: OwnCost, isPricedHere: boolean): string[] {
  const notes: string[] = [];
  for (const [pattern, note] of SOURCES) {
    const match = pattern.exec(own.source ?? '');
    if (match !== null) notes.push(note(match));
  }
  const factor = /;factor=([\d.e-]+)/.exec(own.source ?? '')?.[1];
  if (factor !== undefined) notes.push(`Multiplied by ${factor}.`);
  if (own.rateMatch !== null) notes.push(`The model was matched by ${own.rateMatch}.`);
  if (own.status !== null) {
    notes.push(
      own.reason === null ? `${STATUS_NOTES[own.status]}` : `${STATUS_NOTES[own.status]}: ${own.reason}.`,
    );
  }
  if (own.anomaly !== null) notes.push(own.anomaly);
  if (isPricedHere) notes.push('Computed in the viewer: the app did not send a cost.');
  return notes;
}

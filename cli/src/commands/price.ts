/** `price`: the arithmetic of one call. */

import { type ExplainedCost, type ExplainedLine, explainCost } from 'otel-agent-cost/offline';
import { usdText } from '../money.js';
import { alignedTable } from '../text/columns.js';
import { CommandError, EXIT, type Given, type Terminal } from './command.js';
import { ratesIn, readPriceOptions } from './price-file.js';

export async function run(given: Given, terminal: Terminal): Promise<number> {
  const model = given.required('model');
  const { provider, tier } = { provider: given.text('provider'), tier: given.text('tier') };
  const timeMillis = timeOf(given.text('date'));
  const overrides = given.text('overrides');
  const options = overrides === undefined ? undefined : ratesIn(await readPriceOptions(overrides));
  const tokens = {
    input: given.count('input'),
    output: given.count('output'),
    cacheRead: given.count('cache-read'),
    cacheWrite: given.count('cache-write'),
    reasoning: given.count('reasoning'),
  };
  if (Object.values(tokens).every((count) => count === undefined))
    throw new CommandError('no tokens are given: --input N --output N');
  const cost = explained({ provider, model, serviceTier: tier, timeMillis, tokens }, options);
  const isKnown = cost.pico !== undefined;
  if (given.flag('json'))
    terminal.stdout.write(`${JSON.stringify(jsonOf(model, timeMillis, cost), null, 2)}\n`);
  else if (isKnown) terminal.stdout.write(`${arithmetic(cost, timeMillis).join('\n')}\n`);
  if (!isKnown) terminal.stderr.write(`${unknown(model, cost).join('\n')}\n`);
  return isKnown ? EXIT.ok : EXIT.failed;
}

function explained(...[call, options]: Parameters<typeof explainCost>): ExplainedCost {
  try {
    return explainCost(call, options);
  } catch (error) {
    // The names are those of the library: `tokens.cacheRead`.
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}

function timeOf(date: string | undefined): number {
  if (date === undefined) return Date.now();
  const isDated = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/.test(date);
  const millis = isDated ? Date.parse(date) : Number.NaN;
  // `Date.parse` takes 2026-02-30 for the second of March.
  const isDay =
    !Number.isNaN(millis) && (date.length > 10 || new Date(millis).toISOString().startsWith(date));
  if (isDay) return millis;
  throw new CommandError(
    `--date is "${date}"; expected a day such as 2026-11-01, or an instant such as 2026-11-01T02:00Z`,
  );
}

function arithmetic(cost: ExplainedCost, timeMillis: number): string[] {
  const rows = cost.lines.map((line) => [
    line.model === undefined ? line.label : `${line.model}: ${line.label}`,
    line.quantity.toLocaleString('en-US'),
    rateOf(line),
    ...(cost.factor === 1 ? [] : [`× ${cost.factor}`]),
    usdText(BigInt(line.pico)),
  ]);
  const blank = cost.factor === 1 ? ['', ''] : ['', '', ''];
  const total = ['total', ...blank, usdText(BigInt(cost.pico ?? 0))];
  const facts = [
    ['source', cost.source ?? ''],
    ['date', new Date(timeMillis).toISOString()],
    ...(cost.validFrom === undefined ? [] : [['rate from', cost.validFrom]]),
    ...(cost.tier === undefined ? [] : [['tier', cost.tier]]),
    ...(cost.band === undefined ? [] : [['rates for', cost.band]]),
    ...(cost.status === undefined ? [] : [['status', [cost.status, cost.reason].filter(Boolean).join(': ')]]),
    ...(cost.rateMatch === undefined ? [] : [['match', cost.rateMatch]]),
  ];
  const kinds = [
    'text',
    'number',
    'text',
    ...(cost.factor === 1 ? [] : ['text' as const]),
    'amount',
  ] as const;
  return [
    ...alignedTable([...rows, total], kinds),
    '',
    ...alignedTable(facts, ['text', 'text']),
    ...cost.notes,
  ];
}

function rateOf({ unit, perMillionUsd, usdPerUnit }: ExplainedLine): string {
  return perMillionUsd === undefined ? `× $${usdPerUnit} a ${unit}` : `× $${perMillionUsd} a million`;
}

function unknown(model: string, cost: ExplainedCost): string[] {
  const similar = cost.similarModels;
  return [
    `The cost is unknown${cost.reason === undefined ? '' : ` (${cost.reason})`}, for the model "${model}".`,
    ...cost.notes,
    ...(similar.length === 0 ? [] : [`Similar names in the price list: ${similar.join(', ')}.`]),
  ];
}

function jsonOf(model: string, timeMillis: number, cost: ExplainedCost): Record<string, unknown> {
  const { costUsd: _double, pico, ...rest } = cost;
  const usd = pico === undefined ? null : usdText(BigInt(pico)).replace(/[$,]/g, '');
  return { model, time: new Date(timeMillis).toISOString(), usd, pico: pico ?? null, ...rest };
}

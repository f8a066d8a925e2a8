/** `reconcile`: a provider's export beside our sum. */

import { readFile } from 'node:fs/promises';
import { decimalFromPico, picoFromDecimal, usdText } from '../money.js';
import { CLASSES, type Compared, compare, type DifferenceClass, totalOf } from '../reconcile/compare.js';
import { dayIn } from '../reconcile/days.js';
import type { Provider } from '../reconcile/export-formats.js';
import { type ProviderExport, readExport } from '../reconcile/read-export.js';
import { listPrice } from '../reconcile/usage-price.js';
import { alignedTable } from '../text/columns.js';
import { plain } from '../text/paint.js';
import { CommandError, EXIT, type Given, type Terminal } from './command.js';
import { ratesIn, readPriceOptions } from './price-file.js';
import { openLeaves } from './source.js';

const WORDS: Readonly<Record<DifferenceClass, string>> = {
  otherKeys: 'other keys',
  notSeen: 'not seen',
  discount: 'discount',
  unpriced: 'unpriced',
  rounding: 'rounding',
  timeZone: 'time zone',
  estimated: 'estimated',
  rest: 'rest',
};
/** In 1e-12 of the whole. */
const DEFAULT_TOLERANCE = '1%';

export async function run(given: Given, terminal: Terminal): Promise<number> {
  const [file, spans, ...more] = given.args;
  if (file === undefined || more.length > 0)
    throw new CommandError('expected the export, and at most one file of spans');
  const tolerance = toleranceOf(given.text('tolerance') ?? DEFAULT_TOLERANCE);
  const dayOf = dayIn(given.text('timezone') ?? 'UTC');
  const overrides = given.text('overrides');
  const options = overrides === undefined ? undefined : await readPriceOptions(overrides);
  const rates = ratesIn(options);
  const exported = readExport(file, await textOf(file), providerOf(given.text('provider')));
  const source = await openLeaves({ db: given.text('db'), file: spans, options }, terminal);
  try {
    const leaves = [];
    for await (const leaf of source.leaves('all')) leaves.push(leaf);
    const rows = compare(exported, leaves, {
      dayOf,
      keys: (given.text('keys') ?? '').split(',').filter((key) => key !== ''),
      priceOf: (row, timeMillis) => listPrice(row, exported.format.provider, timeMillis, rates),
    });
    const total = totalOf(rows);
    if (total.calls === 0) throw noCalls(exported, rows);
    const unexplained = rows.reduce(
      (sum, { differences: { rest, notSeen } }) => sum + size(rest) + size(notSeen),
      0n,
    );
    const ok = unexplained * 10n ** 12n <= size(total.exported) * tolerance;
    terminal.stdout.write(
      given.flag('json')
        ? `${JSON.stringify(jsonOf(exported, rows, total, unexplained, ok), null, 2)}\n`
        : `${report(exported, rows, total, unexplained, ok).join('\n')}\n`,
    );
    return ok ? EXIT.ok : EXIT.failed;
  } finally {
    await source.close();
  }
}

function noCalls({ format }: ProviderExport, rows: readonly Compared[]): CommandError {
  const days = rows.map(({ day }) => day).sort();
  const [first, last] = [days[0], days.at(-1)];
  const period = first === last ? `on ${first}` : `from ${first} to ${last}`;
  return new CommandError(
    first === undefined
      ? 'the export has no rows: nothing to compare'
      : `there is no call of ${format.provider} ${period} in the spans: nothing to compare`,
    EXIT.noData,
  );
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandError(
      `${file} cannot be read: ${error instanceof Error ? error.message : error}`,
      EXIT.noData,
    );
  }
}

function toleranceOf(text: string): bigint {
  const percent = picoFromDecimal(text.replace(/%$/, ''));
  if (percent !== undefined) return percent / 100n;
  throw new CommandError(`--tolerance is "${text}"; expected a percentage such as 1%`);
}

function providerOf(name: string | undefined): Provider | undefined {
  if (name === undefined || name === 'openai' || name === 'anthropic') return name;
  throw new CommandError(`--provider is "${name}"; expected openai or anthropic`);
}

function size(value: bigint): bigint {
  return value < 0n ? -value : value;
}

type Sum = Omit<Compared, 'day' | 'model'>;

function report(
  exported: ProviderExport,
  rows: readonly Compared[],
  total: Sum,
  unexplained: bigint,
  ok: boolean,
): string[] {
  const shown = CLASSES.filter(
    (kind) => kind === 'rest' || rows.some(({ differences }) => differences[kind] !== 0n),
  );
  const line = ({ exported: theirs, ours, differences }: Sum): string[] => [
    usdText(theirs),
    usdText(ours),
    usdText(theirs - ours),
    ...shown.map((kind) => (differences[kind] === 0n && kind !== 'rest' ? '' : usdText(differences[kind]))),
  ];
  const header = ['day', 'model', 'export', 'ours', 'difference', ...shown.map((kind) => WORDS[kind])];
  const table = [
    header,
    ...rows.map((row) => [row.day, plain(row.model ?? 'all models'), ...line(row)]),
    ['total', '', ...line(total)],
  ];
  const kinds = header.map((_, at) => (at < 2 ? 'text' : 'amount') as 'text' | 'amount');
  return [
    `${exported.format.name}${exported.format.kind === 'usage' ? ', its counts at list price' : ''}`,
    '',
    ...alignedTable(table, kinds),
    '',
    ...notesOn(total),
    `${usdText(unexplained)} of ${usdText(total.exported)} ${ok ? 'is' : 'is too much to be'} unexplained`,
  ];
}

function notesOn({ unpricedCalls, unpricedRows }: Sum): string[] {
  return [
    ...(unpricedCalls === 0
      ? []
      : [`${unpricedCalls} of our calls have no known cost: they are in no amount.`]),
    ...(unpricedRows === 0
      ? []
      : [`${unpricedRows} rows of the export have no known price: they are in no amount.`]),
  ];
}

function jsonOf(
  exported: ProviderExport,
  rows: readonly Compared[],
  total: Sum,
  unexplained: bigint,
  ok: boolean,
) {
  const amounts = ({ exported: theirs, ours, differences, unpricedCalls, unpricedRows }: Sum) => ({
    exportUsd: decimalFromPico(theirs),
    oursUsd: decimalFromPico(ours),
    differenceUsd: decimalFromPico(theirs - ours),
    differencesUsd: Object.fromEntries(CLASSES.map((kind) => [kind, decimalFromPico(differences[kind])])),
    unpricedCalls,
    unpricedRows,
  });
  return {
    ok,
    export: exported.format.name,
    rows: rows.map((row) => ({ day: row.day, model: row.model, ...amounts(row) })),
    total: amounts(total),
    unexplainedUsd: decimalFromPico(unexplained),
  };
}

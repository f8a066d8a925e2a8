/** `focus`: rows of FOCUS 1.2 as CSV. */

import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { type CsvRow, csvOf } from '../export/csv.js';
import { FOCUS_COLUMNS, focusRows } from '../export/focus.js';
import type { Leaf } from '../export/leaf.js';
import { CostSplitter } from '../export/split.js';
import { CommandError, EXIT, type Given, type Terminal } from './command.js';
import { ratesIn, readPriceOptions } from './price-file.js';
import { openLeaves } from './source.js';
import { parseWindow } from './window.js';

export async function run(given: Given, terminal: Terminal): Promise<number> {
  const overrides = given.text('overrides');
  const options = overrides === undefined ? undefined : await readPriceOptions(overrides);
  const window = parseWindow(given.text('window') ?? 'all');
  const source = await openLeaves({ db: given.text('db'), file: given.argument(), options }, terminal);
  const unpriced = given.text('unpriced');
  const rows = new FocusRows(
    new CostSplitter(ratesIn(options)),
    given.text('account') ?? 'unknown',
    unpriced !== undefined,
  );
  try {
    await write(csvOf(FOCUS_COLUMNS, rows.of(source.leaves(window))), given.text('out'), terminal);
    if (rows.count === 0) throw new CommandError('there is no span with a cost', EXIT.noData);
    if (unpriced !== undefined) await write(csvOf(FOCUS_COLUMNS, rows.apart), unpriced, terminal);
    for (const note of rows.notes(unpriced)) terminal.stderr.write(`${note}\n`);
    return EXIT.ok;
  } finally {
    await source.close();
  }
}

/** Rows on their way out; those without a cost are put apart if wanted. */
class FocusRows {
  readonly apart: CsvRow[] = [];
  count = 0;
  #unpricedCalls = 0;

  constructor(
    private readonly splitter: CostSplitter,
    private readonly accountId: string,
    private readonly putsApart: boolean,
  ) {}

  async *of(leaves: AsyncIterable<Leaf>): AsyncGenerator<CsvRow> {
    for await (const leaf of leaves) {
      const rows = focusRows(leaf, this.splitter, { accountId: this.accountId });
      this.count += rows.length;
      if (leaf.pico === null) this.#unpricedCalls++;
      if (leaf.pico === null && this.putsApart) this.apart.push(...rows);
      else yield* rows;
    }
  }

  notes(unpriced: string | undefined): string[] {
    if (this.#unpricedCalls === 0) return [];
    const calls = `${this.#unpricedCalls} ${this.#unpricedCalls === 1 ? 'call has' : 'calls have'} no known cost`;
    return unpriced === undefined
      ? [
          `${calls}: their cost cells are empty, which FOCUS does not allow; --unpriced FILE puts them into another file`,
        ]
      : [`${calls}: see ${unpriced}`];
  }
}

async function write(
  chunks: AsyncIterable<string>,
  file: string | undefined,
  terminal: Terminal,
): Promise<void> {
  if (file === undefined) {
    for await (const chunk of chunks) terminal.stdout.write(chunk);
    return;
  }
  const out: WriteStream = createWriteStream(file);
  try {
    // An error, such as a folder that is not there, comes before the first byte.
    await once(out, 'open');
    for await (const chunk of chunks) if (!out.write(chunk)) await once(out, 'drain');
    out.end();
    await once(out, 'close');
  } catch (error) {
    out.destroy();
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new CommandError(`${file} cannot be written: ${error.message}`);
  }
}

/** Reads the CSV export of a provider. */

import { parse } from 'csv-parse/sync';
import { CommandError, EXIT } from '../commands/command.js';
import {
  CellError,
  EXPORT_FORMATS,
  type ExportFormat,
  type ExportRow,
  type Provider,
} from './export-formats.js';

export interface ProviderExport {
  format: ExportFormat;
  rows: ExportRow[];
  /** True when all amounts of a cost export have at most two decimals. */
  isInCents: boolean;
}

/** Throws {@link CommandError} for a file of another kind, with the columns that are read. */
export function readExport(file: string, text: string, provider: Provider | undefined): ProviderExport {
  const [header = [], ...records] = cellsOf(file, text);
  const format = formatOf(file, header, provider);
  const rows: ExportRow[] = [];
  for (const [index, record] of records.entries()) {
    const cells = Object.fromEntries(header.map((column, at) => [column, (record[at] ?? '').trim()]));
    try {
      const row = format.read(cells);
      if (row !== undefined) rows.push(row);
    } catch (error) {
      if (!(error instanceof CellError)) throw error;
      throw new CommandError(`${file}, row ${index + 2}: ${error.message}`, EXIT.noData);
    }
  }
  if (rows.length === 0) throw new CommandError(`${file} has no rows with use`, EXIT.noData);
  const cent = 10n ** 10n;
  return {
    format,
    rows,
    isInCents: rows.every(({ billedPico }) => billedPico !== null && billedPico % cent === 0n),
  };
}

function cellsOf(file: string, text: string): string[][] {
  try {
    return parse(text, {
      bom: true,
      delimiter: [',', '\t', ';'],
      skip_empty_lines: true,
      relax_column_count: true,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${file} is not CSV: ${reason}`, EXIT.noData);
  }
}

function formatOf(file: string, header: readonly string[], provider: Provider | undefined): ExportFormat {
  const known = EXPORT_FORMATS.filter((format) => provider === undefined || format.provider === provider);
  const format = known.find(({ columns }) => columns.every((column) => header.includes(column)));
  if (format !== undefined) return format;
  const lines = known.map(({ name, columns }) => `  ${name}: ${columns.join(', ')}`);
  const found = header.slice(0, 12).join(', ');
  throw new CommandError(
    [
      `${file} is not an export that is read. Its columns are: ${found}`,
      'Read are exports with these columns:',
      ...lines,
    ].join('\n'),
    EXIT.noData,
  );
}

/** The CSV exports of providers that are read, each by the names of its columns. */

import { picoFromAmount } from '../money.js';

export type Provider = 'openai' | 'anthropic';

/** Disjoint counts of one row. */
export interface ExportTokens {
  input: number;
  cacheRead: number;
  cacheWrite: number;
  cacheWrite1h: number;
  output: number;
  webSearches: number;
  requests: number;
}

/** One row of an export. */
export interface ExportRow {
  /** An instant, or a day that the export itself names. */
  at: { millis: number } | { day: string };
  /** Null when the export does not tell models apart. */
  model: string | null;
  tier: string | null;
  /** True for the rates of long prompts. */
  isLong: boolean;
  /** The key, project or workspace, under any name that the export has. */
  keys: string[];
  /** Absent in a cost export. */
  tokens: ExportTokens | null;
  /** The billed amount, and its list price where the export has both. Absent in a usage export. */
  billedPico: bigint | null;
  listPico: bigint | null;
}

type Cells = Readonly<Record<string, string>>;

export interface ExportFormat {
  name: string;
  provider: Provider;
  kind: 'usage' | 'cost';
  /** All of them are needed; other columns are ignored. */
  columns: readonly string[];
  /** Undefined for a row without use. Throws {@link CellError}. */
  read(cells: Cells): ExportRow | undefined;
}

export class CellError extends Error {
  override name = 'CellError';
}

function count(cells: Cells, column: string): number {
  const text = cells[column] ?? '';
  if (text === '') return 0;
  // OpenAI writes whole numbers with a decimal: 59200.0.
  const value = /^\d+(?:\.0*)?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new CellError(`${column} is "${text}", not a count`);
}

function amount(cells: Cells, column: string): bigint {
  const pico = picoFromAmount(cells[column] ?? '');
  if (pico !== undefined) return pico;
  throw new CellError(`${column} is "${cells[column]}", not an amount in dollars`);
}

function instant(cells: Cells, column: string): { millis: number } {
  const text = cells[column] ?? '';
  const seconds = /^\d{9,11}(?:\.0*)?$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isNaN(seconds)) return { millis: seconds * 1000 };
  throw new CellError(`${column} is "${text}", not a time in seconds`);
}

function day(cells: Cells, column: string): { day: string } {
  const found = /^(\d{4}-\d{2}-\d{2})(?:$|T)/.exec(cells[column] ?? '')?.[1];
  if (found !== undefined) return { day: found };
  throw new CellError(`${column} is "${cells[column]}", not a day`);
}

function named(cells: Cells, ...columns: readonly string[]): string[] {
  return columns.map((column) => cells[column] ?? '').filter((text) => text !== '');
}

const OPENAI_USAGE: ExportFormat = {
  name: "OpenAI's usage export (completions)",
  provider: 'openai',
  kind: 'usage',
  columns: [
    'start_time',
    'end_time',
    'num_model_requests',
    'model',
    'input_tokens',
    'output_tokens',
    'input_cached_tokens',
  ],
  read(cells) {
    // A day without use has a row without a model.
    if (cells.model === '' && cells.input_tokens === '') return undefined;
    const [input, cacheRead] = [count(cells, 'input_tokens'), count(cells, 'input_cached_tokens')];
    if (cacheRead > input) throw new CellError('input_cached_tokens is more than input_tokens');
    return {
      at: instant(cells, 'start_time'),
      model: cells.model || null,
      tier: /^true$/i.test(cells.batch ?? '') ? 'batch' : cells.service_tier || null,
      isLong: false,
      keys: named(cells, 'api_key_id', 'project_id'),
      tokens: {
        ...{ input: input - cacheRead, cacheRead, cacheWrite: 0, cacheWrite1h: 0, webSearches: 0 },
        output: count(cells, 'output_tokens'),
        requests: count(cells, 'num_model_requests'),
      },
      billedPico: null,
      listPico: null,
    };
  },
};

const OPENAI_COST: ExportFormat = {
  name: "OpenAI's cost export",
  provider: 'openai',
  kind: 'cost',
  columns: ['start_time', 'end_time', 'amount_value', 'amount_currency', 'line_item'],
  read(cells) {
    if (cells.amount_value === '') return undefined;
    const { amount_currency: currency = '', line_item: item = '' } = cells;
    if (currency.toLowerCase() !== 'usd') throw new CellError(`amount_currency is "${currency}", not usd`);
    return {
      at: instant(cells, 'start_time'),
      // `gpt-4o-2024-08-06, input`
      model: item === '' ? null : item.split(',', 1)[0]?.trim() || null,
      ...{ tier: null, isLong: false, tokens: null },
      keys: named(cells, 'project_id'),
      billedPico: amount(cells, 'amount_value'),
      listPico: null,
    };
  },
};

const ANTHROPIC_USAGE: ExportFormat = {
  name: "Anthropic's usage export",
  provider: 'anthropic',
  kind: 'usage',
  columns: [
    'usage_date_utc',
    'model_version',
    'api_key',
    'usage_input_tokens_no_cache',
    'usage_input_tokens_cache_write_5m',
    'usage_input_tokens_cache_write_1h',
    'usage_input_tokens_cache_read',
    'usage_output_tokens',
  ],
  read(cells) {
    return {
      at: day(cells, 'usage_date_utc'),
      model: cells.model_version || null,
      tier: cells.usage_type || null,
      isLong: isLongContext(cells.context_window),
      keys: named(cells, 'api_key', 'workspace'),
      tokens: {
        input: count(cells, 'usage_input_tokens_no_cache'),
        cacheRead: count(cells, 'usage_input_tokens_cache_read'),
        cacheWrite: count(cells, 'usage_input_tokens_cache_write_5m'),
        cacheWrite1h: count(cells, 'usage_input_tokens_cache_write_1h'),
        output: count(cells, 'usage_output_tokens'),
        webSearches: count(cells, 'web_search_count'),
        requests: 0,
      },
      billedPico: null,
      listPico: null,
    };
  },
};

/** `≤ 200k` are the usual rates; `> 200k` and `200k-1M` those of long prompts. */
function isLongContext(window = ''): boolean {
  return /^\s*(?:>|200k\s*-)/.test(window);
}

const ANTHROPIC_COST: ExportFormat = {
  name: "Anthropic's cost export",
  provider: 'anthropic',
  kind: 'cost',
  columns: ['usage_date_utc', 'model', 'api_key', 'token_type', 'cost_usd'],
  read(cells) {
    return {
      at: day(cells, 'usage_date_utc'),
      model: cells.model || null,
      tier: null,
      isLong: isLongContext(cells.context_window),
      keys: named(cells, 'api_key', 'workspace'),
      tokens: null,
      billedPico: amount(cells, 'cost_usd'),
      listPico: (cells.list_price_usd ?? '') === '' ? null : amount(cells, 'list_price_usd'),
    };
  },
};

export const EXPORT_FORMATS: readonly ExportFormat[] = [
  OPENAI_USAGE,
  OPENAI_COST,
  ANTHROPIC_USAGE,
  ANTHROPIC_COST,
];

/**
 * A small table of prices that the price list has wrong or undated, each with its source. It takes precedence over the
 * list. `cost.source` then begins with `corrections/`.
 *
 * A correction applies only while the list has the prices that it corrects (`listed`). A newer list, installed or
 * refreshed, with other prices for the model is trusted. `test/pricing/corrections.test.ts` fails when the installed
 * list has other prices, or the right ones: the row is then no longer needed.
 */

import type { ModelPrice } from '@pydantic/genai-prices';

/** The day on which the table was last checked: the version in `cost.source`. Change it with the table. */
export const CORRECTIONS_VERSION = '2026-11-29';

export interface Correction {
  /** The id in the price list. */
  provider: string;
  /** Lower-case names, in full. */
  names: readonly string[];
  /** The input and output prices that the list has for the first of the names; see {@link statementOf}. */
  listed: string;
  /** The last one that applies at a time is used; the first one applies before all others, too. */
  periods: readonly [CorrectedPeriod, ...CorrectedPeriod[]];
}

export interface CorrectedPeriod {
  /** A date or an instant, in UTC. */
  from?: string;
  /** Times of day in UTC: start inclusive, end exclusive. */
  daily?: readonly [string, string];
  weekdaysOnly?: true;
  /** In the list's own keys; or the name of a model of the same list whose prices apply. */
  prices: ModelPrice | string;
  /** Sources contradict each other on this period: the amount is then `estimated:moving_alias`. */
  unsure?: true;
}

const usd = (input_mtok: number, cache_read_mtok: number, output_mtok: number): ModelPrice => ({
  input_mtok,
  cache_read_mtok,
  output_mtok,
});
/** Half past four in the afternoon to half past midnight, UTC, from 2025-02-26 to 2025-09-05. */
const DEEPSEEK_DISCOUNT = ['16:30:00Z', '00:30:00Z'] as const;
const DEEPSEEK_NO_DISCOUNT = '2025-09-05T16:00:00Z';
/** Of V4, on weekdays. China's public holidays, which have no peak either, are not in this table. */
const DEEPSEEK_PEAKS = [
  ['01:00:00Z', '04:00:00Z'],
  ['06:00:00Z', '10:00:00Z'],
] as const;
const V4_LAUNCH = '2026-04-24';
/** Cached input went down to a tenth. */
const V4_CHEAPER_CACHE = '2026-04-26T12:15:00Z';
const V4_PEAKS = '2026-08-16T16:00:00Z';
/** V4.1: `deepseek-v4-flash` is served by it and billed at its price. */
const V41_FLASH = '2026-09-10';
/** The day on which `deepseek-v4-pro` was to be served by V4.1 Flash; later pages list it again at its own price. */
const V4_PRO_MOVE = '2026-09-14T04:00:00Z';

/** Prices from an instant, and their double at peak hours. */
function withPeaks(from: string, prices: ModelPrice, peak: ModelPrice): readonly CorrectedPeriod[] {
  const peaks = DEEPSEEK_PEAKS.map((daily) => ({ from, daily, weekdaysOnly: true as const, prices: peak }));
  return [{ from, prices }, ...peaks];
}

const V4_FLASH: readonly CorrectedPeriod[] = [
  { from: V4_LAUNCH, prices: usd(0.14, 0.028, 0.28) },
  { from: V4_CHEAPER_CACHE, prices: usd(0.14, 0.0028, 0.28) },
  ...withPeaks(V4_PEAKS, usd(0.22, 0.007, 0.66), usd(0.44, 0.014, 1.32)),
  ...withPeaks(V41_FLASH, usd(0.15, 0.003, 0.6), usd(0.3, 0.006, 1.2)),
];

/** Since V3.1, both names are the same model, with and without thinking. */
const DEEPSEEK_SHARED: readonly CorrectedPeriod[] = [
  { from: DEEPSEEK_NO_DISCOUNT, prices: usd(0.56, 0.07, 1.68) },
  { from: '2025-09-29', prices: usd(0.28, 0.028, 0.42) },
  ...V4_FLASH,
];

export const CORRECTIONS: readonly Correction[] = [
  {
    // Source: https://api-docs.deepseek.com/quick_start/pricing and /updates; V3 at $0.14/$0.28 until 2025-02-08 16:00
    // UTC
    provider: 'deepseek',
    names: ['deepseek-chat'],
    listed: '0.135/0.55 0.27/1.1',
    periods: [
      { prices: usd(0.14, 0.014, 0.28) },
      { from: '2025-02-08T16:00:00Z', prices: usd(0.27, 0.07, 1.1) },
      { from: '2025-02-26', daily: DEEPSEEK_DISCOUNT, prices: usd(0.135, 0.035, 0.55) },
      ...DEEPSEEK_SHARED,
    ],
  },
  {
    // Source: https://api-docs.deepseek.com/quick_start/pricing and /updates
    provider: 'deepseek',
    names: ['deepseek-reasoner'],
    listed: '0.135/0.55 0.55/2.19',
    periods: [
      { prices: usd(0.55, 0.14, 2.19) },
      { from: '2025-02-26', daily: DEEPSEEK_DISCOUNT, prices: usd(0.135, 0.035, 0.55) },
      ...DEEPSEEK_SHARED,
    ],
  },
  {
    // Source: https://api-docs.deepseek.com/quick_start/pricing and /updates; BerriAI/litellm#28413 (the cache),
    // pydantic/genai-prices#571 (the peaks)
    provider: 'deepseek',
    names: ['deepseek-v4-flash', 'deepseek-v4-flash-vision-exp'],
    listed: '0.14/0.28 0.22/0.66 0.44/1.32 0.44/1.32',
    periods: [{ prices: usd(0.14, 0.028, 0.28) }, ...V4_FLASH],
  },
  {
    // Source: https://api-docs.deepseek.com/quick_start/pricing and /updates (as of 2026-10-27)
    provider: 'deepseek',
    names: ['deepseek-flash'],
    listed: '',
    periods: [
      { prices: usd(0.15, 0.003, 0.6) },
      ...withPeaks(V41_FLASH, usd(0.15, 0.003, 0.6), usd(0.3, 0.006, 1.2)),
    ],
  },
  {
    // Source: https://api-docs.deepseek.com/quick_start/pricing and /updates; pydantic/genai-prices#571 (the peaks)
    provider: 'deepseek',
    names: ['deepseek-v4-pro'],
    listed: '0.435/0.87 0.66/1.98 1.32/3.96 1.32/3.96',
    periods: [
      { prices: usd(0.435, 0.003625, 0.87) },
      ...withPeaks(V4_PEAKS, usd(0.66, 0.022, 1.98), usd(1.32, 0.044, 3.96)),
      ...withPeaks(V4_PRO_MOVE, usd(0.66, 0.022, 1.98), usd(1.32, 0.044, 3.96)).map(
        (period): CorrectedPeriod => ({ ...period, unsure: true }),
      ),
    ],
  },
  {
    // Source: https://mistral.ai/pricing/#api; simonw/llm-prices#63: Large 3 since 2025-12-02
    provider: 'mistral',
    names: ['mistral-large-latest'],
    listed: '2/6',
    periods: [{ prices: 'mistral-large-2411' }, { from: '2025-12-02', prices: 'mistral-large-2512' }],
  },
  {
    // Source: https://mistral.ai/pricing/#api; simonw/llm-prices#63: Ministral 3 since 2025-12-02
    provider: 'mistral',
    names: ['ministral-3b-latest'],
    listed: '',
    periods: [{ prices: 'ministral-3b' }, { from: '2025-12-02', prices: 'ministral-3b-2512' }],
  },
  {
    // Source: promptfoo/promptfoo#9929: Small 4 (released 2026-03-16) when checked on 2026-07-01; simonw/llm-prices#63
    // has the old price in June
    provider: 'mistral',
    names: ['mistral-small-latest'],
    listed: '0.1/0.3',
    periods: [
      { prices: { input_mtok: 0.1, output_mtok: 0.3 } },
      { from: '2026-03-16', prices: 'mistral-small-2603', unsure: true },
      { from: '2026-07-01', prices: 'mistral-small-2603' },
    ],
  },
  {
    // Source: https://mistral.ai/news/voxtral-transcribe-2 ($0.003 a minute) and https://mistral.ai/news/voxtral ($0.001)
    provider: 'mistral',
    names: ['voxtral-mini-latest'],
    listed: '/',
    periods: [
      { prices: { audio_hours: 0.06, input_audio_hours: 0.06 }, unsure: true },
      { from: '2026-02-04', prices: 'voxtral-mini-2602' },
    ],
  },
  {
    // Source: promptfoo/promptfoo#9929: the bare name moves with `mistral-medium-latest`, which the list dates
    provider: 'mistral',
    names: ['mistral-medium'],
    listed: '0.4/2',
    periods: [{ prices: 'mistral-medium-2508' }, { from: '2026-06-16', prices: 'mistral-medium-3-5' }],
  },
  {
    // Source: https://developers.openai.com/api/docs/models/gpt-4o-audio-preview.md: audio tokens
    provider: 'openai',
    names: ['gpt-4o-audio-preview', 'gpt-4o-audio-preview-2024-12-17', 'gpt-4o-audio-preview-2025-06-03'],
    listed: '2.5/10',
    periods: [{ prices: { input_mtok: 2.5, output_mtok: 10, input_audio_mtok: 40, output_audio_mtok: 80 } }],
  },
  {
    // Source: https://developers.openai.com/api/docs/models/gpt-4o-mini-audio-preview.md: audio tokens
    provider: 'openai',
    names: ['gpt-4o-mini-audio-preview', 'gpt-4o-mini-audio-preview-2024-12-17'],
    listed: '0.15/0.6',
    periods: [
      { prices: { input_mtok: 0.15, output_mtok: 0.6, input_audio_mtok: 10, output_audio_mtok: 20 } },
    ],
  },
  {
    // Source: https://docs.perplexity.ai/getting-started/pricing: the list has the fee of the largest search context
    provider: 'perplexity',
    names: ['sonar'],
    listed: '1/1+12',
    periods: [{ prices: { input_mtok: 1, output_mtok: 1, requests_kcount: 5 } }],
  },
  {
    // Source: https://docs.perplexity.ai/getting-started/pricing: the list has the fee of the largest search context
    provider: 'perplexity',
    names: ['sonar-reasoning'],
    listed: '1/5+12',
    periods: [{ prices: { input_mtok: 1, output_mtok: 5, requests_kcount: 5 } }],
  },
  {
    // Source: https://docs.perplexity.ai/getting-started/pricing: the list has the fee of the largest search context
    provider: 'perplexity',
    names: ['sonar-pro'],
    listed: '3/15+14',
    periods: [{ prices: { input_mtok: 3, output_mtok: 15, requests_kcount: 6 } }],
  },
  {
    // Source: https://docs.perplexity.ai/getting-started/pricing: the list has the fee of the largest search context
    provider: 'perplexity',
    names: ['sonar-reasoning-pro'],
    listed: '2/8+14',
    periods: [{ prices: { input_mtok: 2, output_mtok: 8, requests_kcount: 6 } }],
  },
];

/**
 * Names without a version in them that have had one price all the time, whatever they stood for. Others that end with
 * `-latest`, and that neither the list nor this table dates, are `estimated:moving_alias`.
 */
export const STEADY_NAMES: ReadonlySet<string> = new Set([
  // 25.01 and 25.08 (Portkey-AI/models#6 and #555).
  'codestral-latest',
  // One model each: 25.02, 24.11, 24.09, and codex-mini of 2025-05.
  'mistral-saba-latest',
  'pixtral-large-latest',
  'pixtral-12b-latest',
  'codex-mini-latest',
]);

/** A fee that a router adds to the price of the model that answered. */
export interface RouterFee {
  provider: string;
  /** The requested name. */
  model: RegExp;
  from: string;
  inputUsdPerMtok: number;
}

export const ROUTER_FEES: readonly RouterFee[] = [
  {
    // Source: https://learn.microsoft.com/en-us/azure/foundry/openai/concepts/model-router-faq (a fee on all input
    // tokens); BerriAI/litellm#22957 ($0.14)
    provider: 'azure',
    // `auto` is the router without a deployment.
    model: /^(?:(?:azure(?:_ai)?\/)?model[-_]router(?:[-@/].*)?|auto)$/,
    // Free while it was a preview.
    from: '2025-11-01',
    inputUsdPerMtok: 0.14,
  },
];

/**
 * The prices of a list entry, period by period: `0.135/0.55 0.27/1.1` for input/output, `1/1+12` with a fee per
 * thousand requests. Empty without an entry.
 */
export function statementOf(prices: ModelPrice | readonly { prices: ModelPrice }[] | undefined): string {
  if (prices === undefined) return '';
  const periods = isPeriods(prices) ? prices.map((period) => period.prices) : [prices];
  return periods.map(statementOfPrices).join(' ');
}

function statementOfPrices({ input_mtok, output_mtok, requests_kcount }: ModelPrice): string {
  const fee = requests_kcount === undefined ? '' : `+${baseOf(requests_kcount)}`;
  return `${baseOf(input_mtok)}/${baseOf(output_mtok)}${fee}`;
}

function isPeriods(
  prices: ModelPrice | readonly { prices: ModelPrice }[],
): prices is readonly { prices: ModelPrice }[] {
  return Array.isArray(prices);
}

function baseOf(price: ModelPrice[string]): string {
  return String(typeof price === 'object' ? price.base : (price ?? ''));
}

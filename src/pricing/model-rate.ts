/** Rates that the app gives itself, in place of the price list. */

import { TOKEN_KINDS, type TokenKind } from '../usage/usage.js';
import {
  expectBoolean,
  expectKnownKeys,
  expectNumber,
  expectRecord,
  InvalidOptionError,
} from '../validate.js';
import {
  ANY_SIZE,
  guesses,
  type Rate,
  type StatedPrices,
  tokenRates,
  UNIT_KINDS,
  type UnitKind,
  unknownKinds,
} from './rate.js';

/**
 * What one model costs. `…UsdPerMtok` is USD per million tokens, the other amounts USD apiece; each from 0 to
 * 1,000,000. A kind of token without a rate is billed like the kind it is part of (cached, audio and image input like
 * input, reasoning like output); one that is part of nothing priced makes the call unpriced, never free.
 */
export interface ModelRate {
  inputUsdPerMtok?: number;
  outputUsdPerMtok?: number;
  cacheReadUsdPerMtok?: number;
  /** Cache writes that live five minutes, or for an unnamed time. */
  cacheWriteUsdPerMtok?: number;
  cacheWrite1hUsdPerMtok?: number;
  reasoningUsdPerMtok?: number;
  inputAudioUsdPerMtok?: number;
  outputAudioUsdPerMtok?: number;
  cacheReadAudioUsdPerMtok?: number;
  inputImageUsdPerMtok?: number;
  outputImageUsdPerMtok?: number;
  /** One rate for any token: for totals that come without a split, and where no input or output rate is given. */
  totalUsdPerMtok?: number;
  perRequestUsd?: number;
  webSearchUsd?: number;
  otherToolCallUsd?: number;
  rerankSearchUsd?: number;
  audioSecondUsd?: number;
  imageUsd?: number;
  /** Known to cost nothing, whatever it is used for. */
  free?: boolean;
  /**
   * `compute`: the model runs on machines that are billed apart, so its tokens cost nothing of their own: each call is
   * known to be free, with or without usage. Stands without any price.
   */
  pricedBy?: 'compute';
  /** The most tokens of one call, input and output, from 1. Default: what the price list says. */
  contextWindowTokens?: number;
  /** Rates by the service tier that was served (`batch`, `flex`, `priority`, …), in place of the ones above. */
  tiers?: Record<string, Omit<ModelRate, 'tiers' | 'pricedBy' | 'contextWindowTokens'>>;
}

const TOKEN_KEYS: Record<TokenKind, keyof ModelRate> = {
  input: 'inputUsdPerMtok',
  inputAudio: 'inputAudioUsdPerMtok',
  inputImage: 'inputImageUsdPerMtok',
  cacheRead: 'cacheReadUsdPerMtok',
  cacheReadAudio: 'cacheReadAudioUsdPerMtok',
  cacheWrite: 'cacheWriteUsdPerMtok',
  cacheWrite1h: 'cacheWrite1hUsdPerMtok',
  output: 'outputUsdPerMtok',
  outputAudio: 'outputAudioUsdPerMtok',
  outputImage: 'outputImageUsdPerMtok',
  reasoning: 'reasoningUsdPerMtok',
};

const UNIT_KEYS: Record<UnitKind, keyof ModelRate> = {
  webSearches: 'webSearchUsd',
  otherToolCalls: 'otherToolCallUsd',
  rerankSearches: 'rerankSearchUsd',
  inputAudioSeconds: 'audioSecondUsd',
  images: 'imageUsd',
};

const AMOUNT_KEYS: readonly string[] = [
  ...Object.values(TOKEN_KEYS),
  ...Object.values(UNIT_KEYS),
  'totalUsdPerMtok',
  'perRequestUsd',
];
const TIER_KEYS: readonly string[] = [...AMOUNT_KEYS, 'free'];
const MAX_RATE_USD = 1_000_000;
/** A hundred times the largest of any model; beyond is a mistake in the unit. */
const MAX_WINDOW_TOKENS = 1e9;

export interface CompiledModelRate {
  rate: Rate;
  /** By service tier, in lower case. */
  tiers: ReadonlyMap<string, Rate>;
  isPricedByCompute: boolean;
  contextWindowTokens: number | undefined;
}

/** Checks a rate given in the options and compiles it; throws {@link InvalidOptionError}. */
export function compileModelRate(option: string, value: unknown): CompiledModelRate {
  const given = expectRecord(option, value);
  const { tiers: givenTiers, pricedBy, contextWindowTokens, ...amounts } = given;
  expectKnownKeys(option, given, [...TIER_KEYS, 'tiers', 'pricedBy', 'contextWindowTokens']);
  if (pricedBy !== undefined) expectPricedByCompute(option, given);
  const tiers = new Map<string, Rate>();
  if (givenTiers !== undefined) {
    for (const [tier, rate] of Object.entries(expectRecord(`${option}.tiers`, givenTiers))) {
      const path = `${option}.tiers.${tier}`;
      const tierAmounts = expectRecord(path, rate);
      expectKnownKeys(path, tierAmounts, TIER_KEYS);
      tiers.set(tier.toLowerCase(), compileRate(path, tierAmounts));
    }
  }
  return {
    rate: compileRate(option, pricedBy === undefined ? amounts : { free: true }),
    tiers,
    isPricedByCompute: pricedBy !== undefined,
    contextWindowTokens:
      contextWindowTokens === undefined
        ? undefined
        : expectNumber(`${option}.contextWindowTokens`, contextWindowTokens, 1, MAX_WINDOW_TOKENS),
  };
}

function expectPricedByCompute(option: string, given: Record<string, unknown>): void {
  if (given.pricedBy !== 'compute')
    throw new InvalidOptionError(`${option}.pricedBy`, given.pricedBy, '"compute"');
  for (const key of [...TIER_KEYS, 'tiers']) {
    if (given[key] !== undefined)
      throw new InvalidOptionError(`${option}.${key}`, given[key], 'left out beside pricedBy');
  }
}

function compileRate(option: string, given: Record<string, unknown>): Rate {
  for (const key of AMOUNT_KEYS) {
    if (given[key] !== undefined) expectNumber(`${option}.${key}`, given[key], 0, MAX_RATE_USD);
  }
  const amount = (key: keyof ModelRate): number | undefined => {
    const usd = given[key];
    return typeof usd === 'number' ? usd : undefined;
  };
  const stated = statedPrices(amount);
  const unknown = unknownKinds(stated.tokens);
  const free = freedom(option, given);
  return {
    bands: [
      {
        units: stated.units,
        tokens: tokenRates(stated.tokens),
        perRequestUsd: stated.perRequestUsd ?? 0,
        overInputTokens: ANY_SIZE,
      },
    ],
    flatUpTo: Number.POSITIVE_INFINITY,
    free,
    ...guesses(stated.tokens),
    unknown,
    totalUsdPerMtok: amount('totalUsdPerMtok') ?? (free === 'stated' && unknown.length === 0 ? 0 : undefined),
    minAudioSeconds: 0,
  };
}

function freedom(option: string, given: Record<string, unknown>): Rate['free'] {
  if (given.free !== undefined && expectBoolean(`${option}.free`, given.free)) return 'always';
  const amounts = AMOUNT_KEYS.map((key) => given[key]).filter((usd) => usd !== undefined);
  if (amounts.length === 0)
    throw new InvalidOptionError(option, given, 'a rate with at least one price, or free: true');
  return amounts.every((usd) => usd === 0) ? 'stated' : undefined;
}

function statedPrices(amount: (key: keyof ModelRate) => number | undefined): StatedPrices {
  const stated: StatedPrices = { tokens: {}, units: {}, perRequestUsd: amount('perRequestUsd') };
  const total = amount('totalUsdPerMtok');
  for (const kind of TOKEN_KINDS) {
    const usd = amount(TOKEN_KEYS[kind]) ?? (kind === 'input' || kind === 'output' ? total : undefined);
    if (usd !== undefined) stated.tokens[kind] = usd;
  }
  for (const kind of UNIT_KINDS) {
    const usd = amount(UNIT_KEYS[kind]);
    if (usd !== undefined) stated.units[kind] = usd;
  }
  return stated;
}

/** Rates that the app gives itself, in place of the price list. */

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
  TOKEN_KINDS,
  type TokenKind,
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
  /** Rates by the service tier that was served (`batch`, `flex`, `priority`, …), in place of the ones above. */
  tiers?: Record<string, Omit<ModelRate, 'tiers'>>;
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

export interface CompiledModelRate {
  rate: Rate;
  /** By service tier, in lower case. */
  tiers: ReadonlyMap<string, Rate>;
}

/** Checks a rate given in the options and compiles it; throws {@link InvalidOptionError}. */
export function compileModelRate(option: string, value: unknown): CompiledModelRate {
  const given = expectRecord(option, value);
  const { tiers: givenTiers, ...amounts } = given;
  expectKnownKeys(option, given, [...TIER_KEYS, 'tiers']);
  const tiers = new Map<string, Rate>();
  if (givenTiers !== undefined) {
    for (const [tier, rate] of Object.entries(expectRecord(`${option}.tiers`, givenTiers))) {
      const path = `${option}.tiers.${tier}`;
      const tierAmounts = expectRecord(path, rate);
      expectKnownKeys(path, tierAmounts, TIER_KEYS);
      tiers.set(tier.toLowerCase(), compileRate(path, tierAmounts));
    }
  }
  return { rate: compileRate(option, amounts), tiers };
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

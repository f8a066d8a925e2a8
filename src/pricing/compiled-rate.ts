/** Rates that the app sets itself, in place of the price list. */

import { InvalidOptionError } from '../errors.js';
import { TOKEN_KINDS, type TokenKind } from '../usage/usage.js';
import { expectBoolean, expectKnownKeys, expectNumber, expectRecord } from '../validate.js';
import { guesses } from './estimates.js';
import { mainModalities } from './modalities.js';
import type { ModelRate } from './model-rate.js';
import {
  ANY_SIZE,
  type Rate,
  type StatedPrices,
  tokenRates,
  UNIT_KINDS,
  type UnitKind,
  unknownKinds,
} from './rate.js';

const TOKEN_KEYS: Record<TokenKind, keyof ModelRate> = {
  input: 'inputUsdPerMtok',
  inputAudio: 'inputAudioUsdPerMtok',
  inputImage: 'inputImageUsdPerMtok',
  inputVideo: 'inputVideoUsdPerMtok',
  cacheRead: 'cacheReadUsdPerMtok',
  cacheReadAudio: 'cacheReadAudioUsdPerMtok',
  cacheReadImage: 'cacheReadImageUsdPerMtok',
  cacheWrite: 'cacheWriteUsdPerMtok',
  cacheWrite1h: 'cacheWrite1hUsdPerMtok',
  output: 'outputUsdPerMtok',
  outputAudio: 'outputAudioUsdPerMtok',
  outputImage: 'outputImageUsdPerMtok',
  outputVideo: 'outputVideoUsdPerMtok',
  reasoning: 'reasoningUsdPerMtok',
  citation: 'citationUsdPerMtok',
};

const UNIT_KEYS: Record<UnitKind, keyof ModelRate> = {
  webSearches: 'webSearchUsd',
  otherToolCalls: 'otherToolCallUsd',
  rerankSearches: 'rerankSearchUsd',
  fileSearches: 'fileSearchUsd',
  codeExecutions: 'codeExecutionUsd',
  inputAudioSeconds: 'audioSecondUsd',
  outputAudioSeconds: 'outputAudioSecondUsd',
  images: 'imageUsd',
  socialSearches: 'socialSearchUsd',
  inputTextMessages: 'inputTextMessageUsd',
  documentPages: 'documentPageUsd',
  annotatedDocumentPages: 'annotatedDocumentPageUsd',
};

const AMOUNT_KEYS: readonly string[] = [
  ...Object.values(TOKEN_KEYS),
  ...Object.values(UNIT_KEYS),
  'totalUsdPerMtok',
  'perRequestUsd',
];
const TIER_KEYS: readonly string[] = [...AMOUNT_KEYS, 'free'];
const MAX_RATE_USD = 1_000_000;
/** A hundred times the largest window of any model. A larger value is a mistake in the unit. */
const MAX_WINDOW_TOKENS = 1e9;

export interface CompiledModelRate {
  rate: Rate;
  /** By service tier, in lower case. */
  tiers: ReadonlyMap<string, Rate>;
  contextWindowTokens: number | undefined;
}

/** Checks a rate from the options and compiles it. Throws {@link InvalidOptionError}. */
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
    ...mainModalities('', stated.tokens),
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

/**
 * Payments by the x402 protocol: https://github.com/x402-foundation/x402/tree/main/specs. A paid server confirms the
 * payment in a settlement: `{ success, transaction, network, payer, amount }`. Only the terms that the client accepted
 * name the asset, and the amount of the `exact` scheme.
 */
import { shortText } from '../short-text.js';
import { isRecord } from '../validate.js';
import { listed } from './bounds.js';
import { headerIn } from './cost-header.js';

/** A payment, as far as its fields are known. */
export type Payment =
  | { usd: number; id: string | undefined }
  /** Paid in an asset that is not known to be worth dollars. */
  | { refused: string }
  /** Paid or not, without an amount. */
  | { unstated: string };

/**
 * USD stablecoins by network and contract, with their decimals, as x402's own packages list them (version 2.10,
 * `evm/src/shared/defaultAssets.ts`, `svm/src/constants.ts`, and version 1, `types/shared/evm/config.ts`). Coins of
 * test networks are worth nothing and are not listed.
 */
const DECIMALS: ReadonlyMap<string, number> = new Map([
  ['eip155:8453/0x833589fcd6edb6e08f4c7c32d4f71b54bda02913', 6],
  ['eip155:137/0x3c499c542cef5e3811e1192ce70d8cc03d5c3359', 6],
  ['eip155:42161/0xaf88d065e77c8cc2239327c5edb3a432268e5831', 6],
  ['eip155:43114/0xb97ef9ef8734c71904d8002f8b6bc66dd9c48a6e', 6],
  ['eip155:143/0x754704bc059f8c67012fed69bc8a327a5aafb603', 6],
  ['eip155:988/0x779ded0c9e1022225f8e0630b35a9b54be713736', 6],
  ['eip155:4326/0xfafddbb3fc7688494971a79cc65dca3ef82079e7', 18],
  ['eip155:1329/0xe15fc38f6d8c56af07bbcbe3baf5708a2bf42392', 6],
  ['solana:5eykt4usfv8p8njdtrepy1vzqkqzkvdp/epjfwdd5aufqssqem2qn1xzybapc8g4weggkzwytdt1v', 6],
]);

/** The names that version 1 had for the same networks. */
const NETWORKS: ReadonlyMap<string, string> = new Map([
  ['base', 'eip155:8453'],
  ['polygon', 'eip155:137'],
  ['avalanche', 'eip155:43114'],
  ['sei', 'eip155:1329'],
  ['solana', 'solana:5eykt4usfv8p8njdtrepy1vzqkqzkvdp'],
]);

/** Longer headers are not decoded. Settlements have about 300 characters, signed payments about 1,500. */
const MAX_HEADER_CHARS = 16_000;

/** As many digits as $1,000,000 has in a coin with 18 decimals, and a few more. */
const ATOMIC_UNITS = /^\d{1,30}$/;

/** Longer names of networks and assets are cut in messages. */
const MAX_SHOWN_CHARS = 80;

/** True for an object with the form of a settlement. */
export function isSettlement(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && typeof value.success === 'boolean' && typeof value.network === 'string';
}

/** The settlement in the headers of a response, of version 2 or 1. */
export function settlementIn(headers: unknown): Record<string, unknown> | undefined {
  const settlement = decoded(
    headerIn(headers, 'payment-response') ?? headerIn(headers, 'x-payment-response'),
  );
  return isSettlement(settlement) ? settlement : undefined;
}

/** The payment that the client sent, from the headers of its request. Version 1 does not name the asset there. */
export function paymentIn(headers: unknown): Record<string, unknown> | undefined {
  const payment = decoded(headerIn(headers, 'payment-signature') ?? headerIn(headers, 'x-payment'));
  return isRecord(payment) ? payment : undefined;
}

/** The terms that the server asked for, from the header of its response. */
export function askedIn(headers: unknown): Record<string, unknown> | undefined {
  const asked = decoded(headerIn(headers, 'payment-required'));
  return isRecord(asked) ? asked : undefined;
}

/**
 * The terms of a payment: those that the client accepted, or else the only ones that the server asked for on the
 * network that was paid on. `places` are the objects that may contain them.
 */
export function termsOf(
  settlement: Record<string, unknown>,
  places: readonly (Record<string, unknown> | undefined)[],
): Record<string, unknown> | undefined {
  for (const place of places) {
    const accepted = place?.accepted ?? place?.paymentRequirements;
    if (isRecord(accepted)) return accepted;
  }
  const asked = places.flatMap((place) => listed(place?.accepts)).filter(isRecord);
  const fitting = asked.filter(({ network }) => networkOf(network) === networkOf(settlement.network));
  return fitting.length === 1 ? fitting[0] : undefined;
}

function networkOf(name: unknown): string {
  const network = String(name).toLowerCase();
  return NETWORKS.get(network) ?? network;
}

/** Reads the payment. `terms` are those that the client accepted, if known. */
export function readPayment(
  settlement: Record<string, unknown>,
  terms: Record<string, unknown> = {},
): Payment {
  if (settlement.success !== true) return { unstated: 'x402 payment not settled' };
  const amount = settlement.amount ?? (terms.scheme === 'exact' ? exactAmount(terms) : undefined);
  if (amount === undefined || amount === null) return { unstated: 'x402 payment without an amount' };
  const asset = settlement.asset ?? terms.asset;
  if (typeof asset !== 'string') return { unstated: 'x402 payment without an asset' };
  if (typeof amount !== 'string' || !ATOMIC_UNITS.test(amount)) return { refused: 'x402 amount unreadable' };
  const coin = `${networkOf(settlement.network)}/${asset.toLowerCase()}`;
  const decimals = DECIMALS.get(coin);
  if (decimals === undefined) return { refused: `x402 payment in ${shortText(coin, MAX_SHOWN_CHARS)}` };
  const { transaction } = settlement;
  const id = typeof transaction === 'string' && transaction !== '' ? transaction : undefined;
  return { usd: Number(amount) / 10 ** decimals, id };
}

function exactAmount(terms: Record<string, unknown>): unknown {
  return terms.amount ?? terms.maxAmountRequired;
}

function decoded(header: string | undefined): unknown {
  if (header === undefined || header.length > MAX_HEADER_CHARS) return undefined;
  try {
    return JSON.parse(atob(header));
  } catch {
    // Neither base64 nor JSON.
    return undefined;
  }
}

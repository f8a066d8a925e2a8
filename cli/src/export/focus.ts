/** Rows of FOCUS 1.2: one a token kind and a tool call. Only names of that version; ours begin with `x_`. */

import { decimalFromPico } from '../money.js';
import type { CsvColumn, CsvRow } from './csv.js';
import { multiplied } from './decimal.js';
import type { Leaf } from './leaf.js';
import type { CostSplitter, Part } from './split.js';

export interface FocusOptions {
  /** The account that the provider bills, which spans do not name. */
  accountId: string;
}

const TEXT_COLUMNS = [
  'BillingAccountId',
  'BillingAccountName',
  'BillingCurrency',
  'BillingPeriodStart',
  'BillingPeriodEnd',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'ChargeFrequency',
  'ChargePeriodStart',
  'ChargePeriodEnd',
  'ProviderName',
  'PublisherName',
  'InvoiceIssuerName',
  'InvoiceId',
  'ServiceCategory',
  'ServiceSubcategory',
  'ServiceName',
  'SkuId',
  'SkuMeter',
  'SkuPriceId',
  'PricingCategory',
  'PricingUnit',
  'ConsumedUnit',
  'Tags',
  'x_AmountBasis',
  'x_CostStatus',
  'x_CostReason',
  'x_CostSource',
  'x_TaskId',
  'x_TaskName',
  'x_RootTaskId',
  'x_TaskOutcome',
  'x_TaskCostComplete',
  'x_SessionId',
  'x_AgentName',
  'x_ToolName',
  'x_Application',
  'x_ServiceTier',
  'x_Failed',
  'x_TraceId',
  'x_SpanId',
] as const;

const NUMBER_COLUMNS = [
  'PricingQuantity',
  'ConsumedQuantity',
  'ListUnitPrice',
  'ContractedUnitPrice',
  'ListCost',
  'ContractedCost',
  'EffectiveCost',
  'BilledCost',
  'x_Attempt',
] as const;

type Column = (typeof TEXT_COLUMNS)[number] | (typeof NUMBER_COLUMNS)[number];
type FocusRow = Record<Column, string | number | null>;

export const FOCUS_COLUMNS: readonly CsvColumn[] = [
  ...NUMBER_COLUMNS.map((name): CsvColumn => ({ name, kind: 'number' })),
  ...TEXT_COLUMNS.map((name): CsvColumn => ({ name, kind: 'text' })),
].sort((a, b) => (isOurs(a) === isOurs(b) ? (a.name < b.name ? -1 : 1) : isOurs(a) ? 1 : -1));

function isOurs({ name }: CsvColumn): boolean {
  return name.startsWith('x_');
}

const UNITS: Readonly<Record<string, string>> = { token: 'Tokens', request: 'Requests', second: 'Seconds' };
const CATEGORIES: Readonly<Record<string, readonly [category: string, subcategory: string]>> = {
  llm: ['AI and Machine Learning', 'Generative AI'],
  compute: ['Compute', 'Other (Compute)'],
  storage: ['Storage', 'Other (Storage)'],
  network: ['Networking', 'Other (Networking)'],
};
const OTHER = ['Other', 'Other (Other)'] as const;
const UNKNOWN = 'unknown';
const MILLIS_PER_SECOND = 1000;

/** The rows of one span. Their `EffectiveCost` adds up to its `cost_usd`; an unknown cost is empty in all of them. */
export function focusRows(leaf: Leaf, splitter: CostSplitter, options: FocusOptions): CsvRow[] {
  const common = { ...accountOf(leaf, options), ...serviceOf(leaf), ...contextOf(leaf) };
  return splitter
    .partsOf(leaf)
    .map((part): FocusRow => ({ ...common, ...amountsOf(part), ...skuOf(leaf, part) }));
}

function accountOf({ startMillis, endMillis }: Leaf, { accountId }: FocusOptions) {
  const start = Math.floor(startMillis / MILLIS_PER_SECOND) * MILLIS_PER_SECOND;
  // The end is exclusive, and a period has no length of 0.
  const end = Math.max(
    Math.ceil(endMillis / MILLIS_PER_SECOND) * MILLIS_PER_SECOND,
    start + MILLIS_PER_SECOND,
  );
  const day = new Date(start);
  return {
    BillingAccountId: accountId,
    BillingAccountName: null,
    BillingCurrency: 'USD',
    BillingPeriodStart: instant(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1)),
    BillingPeriodEnd: instant(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 1)),
    ChargePeriodStart: instant(start),
    ChargePeriodEnd: instant(end),
    ChargeCategory: 'Usage',
    ChargeClass: null,
    ChargeFrequency: 'Usage-Based',
    InvoiceId: null,
    PricingCategory: 'Standard',
  };
}

/** Without milliseconds, as FOCUS writes times. */
function instant(millis: number): string {
  return new Date(millis).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Who is paid for a tool is not known: its name is the service. */
function serviceOf({ kind, provider, tool, name }: Leaf) {
  const issuer = provider ?? UNKNOWN;
  const [ServiceCategory, ServiceSubcategory] = CATEGORIES[kind ?? ''] ?? OTHER;
  const service = kind === 'llm' ? `${issuer} models` : `${kind ?? 'other'}: ${tool ?? name}`;
  return {
    ProviderName: issuer,
    PublisherName: issuer,
    InvoiceIssuerName: issuer,
    ServiceCategory,
    ServiceSubcategory,
    ServiceName: service,
  };
}

function contextOf(leaf: Leaf) {
  return {
    Tags: JSON.stringify(leaf.attribution),
    x_AmountBasis: basisOf(leaf),
    x_CostStatus: leaf.status ?? (leaf.pico === null ? 'unpriced' : 'priced'),
    x_CostReason: leaf.reason,
    x_CostSource: leaf.source,
    x_TaskId: leaf.taskId,
    x_TaskName: leaf.taskName,
    x_RootTaskId: leaf.rootTaskId,
    x_TaskOutcome: leaf.outcome,
    x_TaskCostComplete: leaf.isTaskComplete === null ? null : String(leaf.isTaskComplete),
    x_SessionId: leaf.sessionId,
    x_AgentName: leaf.agent,
    x_ToolName: leaf.tool,
    x_Application: leaf.service,
    x_ServiceTier: leaf.serviceTier,
    x_Failed: String(leaf.isFailed),
    x_Attempt: leaf.attempt,
    x_TraceId: leaf.traceId,
    x_SpanId: leaf.spanId,
  };
}

function basisOf({ pico, source }: Leaf): string {
  if (pico === null) return 'unknown cost, not an invoice';
  if (source === 'reported') return 'cost that the provider reported on the response, not an invoice';
  if (source === 'returned') return 'cost that the tool returned, not an invoice';
  if (source === 'declared') return 'rate that the application declared, not an invoice';
  if (source?.startsWith('override/')) return "estimate by the application's own rate, not an invoice";
  return 'estimate of list price, not an invoice';
}

/** `ListUnitPrice` × `PricingQuantity` is `ListCost` to the last digit; what is paid is rounded to pico-dollars. */
function amountsOf({ pico, unit, quantity, listUnitUsd, factor }: Part) {
  const cost = pico === null ? null : decimalFromPico(pico);
  // The price of one call whose arithmetic is not known is its cost.
  const list = listUnitUsd ?? (quantity === 1 ? cost : null);
  const contracted = list === null || listUnitUsd === null ? list : multiplied(list, factor);
  const times = (price: string | null): string | null =>
    price === null || cost === null ? null : multiplied(price, String(quantity));
  const units = UNITS[unit] ?? 'Units';
  return {
    PricingQuantity: withPoint(String(quantity)),
    PricingUnit: units,
    ConsumedQuantity: withPoint(String(quantity)),
    ConsumedUnit: units,
    ListUnitPrice: withPoint(list),
    ContractedUnitPrice: withPoint(contracted),
    ListCost: withPoint(times(list)),
    ContractedCost: withPoint(times(contracted)),
    EffectiveCost: withPoint(cost),
    BilledCost: withPoint(cost),
  };
}

/** Readers that guess the type of a column would otherwise take one of whole numbers for integers, not decimals. */
function withPoint(digits: string | null): string | null {
  return digits === null || digits.includes('.') ? digits : `${digits}.0`;
}

function skuOf(leaf: Leaf, { meter }: Part) {
  const sku = leaf.model ?? leaf.tool ?? leaf.name;
  // The version of a price list does not make it another price.
  const rate = (leaf.source ?? UNKNOWN).replace(/@[^@;]*(?=;|$)/, '');
  return {
    SkuId: sku,
    SkuMeter: meter,
    SkuPriceId: `${rate}/${sku}/${meter}`,
    ChargeDescription: `${sku}: ${meter} (${basisOf(leaf)})`,
  };
}

/**
 * The bills that paid services send with their results. A number is read as dollars only if its name or the service's
 * documentation says so. Credits, units and tokens are never read as dollars.
 */
import { isPostableUsd } from '../money.js';
import { show } from '../short-text.js';
import { isRecord } from '../validate.js';
import { isSettlement, readPayment, termsOf } from './x402.js';

/** One bill, from one place in a result. */
export type Statement =
  | {
      usd: number;
      /** Names the charge: two statements with one id are of the same charge, which may have grown in between. */
      id?: string | undefined;
      /** The charge may still grow. */
      isPartial?: boolean;
    }
  /** A bill that cannot be billed, and why. */
  | { refused: string }
  /** Something was charged, or may have been, without an amount. */
  | { unstated: string };

/** Longer ids are not compared. */
const MAX_ID_CHARS = 200;

/** Statuses of an Apify run that is still going on. */
const OPEN_RUN = /^(?:READY|RUNNING|TIMING-OUT|ABORTING)$/;

/**
 * Reads what one object states.
 *
 * @param beside the object with the facts about the same charge: the object itself, or the `structuredContent` beside
 * an MCP `_meta`.
 */
export function readStatements(from: Record<string, unknown>, beside: Record<string, unknown>): Statement[] {
  const stated: Statement[] = [];
  for (const read of SENDERS) {
    const statement = read(from, beside);
    if (statement !== undefined) stated.push(statement);
  }
  return stated;
}

type Sender = (from: Record<string, unknown>, beside: Record<string, unknown>) => Statement | undefined;

const SENDERS: readonly Sender[] = [
  (from) => plain(from, 'cost_usd'),
  (from) => plain(from, 'costUsd'),
  exa,
  apify,
  valyu,
  dataForSeo,
  spider,
  payment,
];

/** An app's or server's own field. Its name says dollars; a currency beside it must not say otherwise. */
function plain(from: Record<string, unknown>, name: 'cost_usd' | 'costUsd'): Statement | undefined {
  const value = from[name];
  if (value === undefined || value === null) return undefined;
  return otherCurrency(from) ?? amount(name, value);
}

/** `{ requestId, costDollars: { total: 0.007, search: { neural: 0.007 } } }`: https://exa.ai/docs/reference/search */
function exa({ costDollars: cost, requestId }: Record<string, unknown>): Statement | undefined {
  if (cost === undefined || cost === null) return undefined;
  if (!isRecord(cost)) return withId(amount('costDollars', cost), 'exa', requestId);
  return otherCurrency(cost) ?? withId(amount('costDollars.total', cost.total), 'exa', requestId);
}

/**
 * A run as Apify's client returns it, or the `com.apify/ActorRun` of its MCP server:
 * https://docs.apify.com/api/v2/actor-run-get
 */
function apify(from: Record<string, unknown>, beside: Record<string, unknown>): Statement | undefined {
  if (from.usageTotalUsd === undefined || from.usageTotalUsd === null) return undefined;
  const statement = withId(amount('usageTotalUsd', from.usageTotalUsd), 'apify', beside.runId ?? beside.id);
  const isOpen = typeof beside.status === 'string' && OPEN_RUN.test(beside.status);
  if (!isOpen || !('usd' in statement)) return statement;
  return statement.usd === 0 ? { unstated: 'Apify run not finished' } : { ...statement, isPartial: true };
}

/** Search and contents; answers have it one level down: https://docs.valyu.ai/api-reference */
function valyu(from: Record<string, unknown>): Statement | undefined {
  const cost = isRecord(from.cost) ? from.cost : from;
  const { total_deduction_dollars: deducted, total_cost_dollars: charged } = cost;
  const value = deducted ?? charged;
  if (value === undefined || value === null) return undefined;
  return withId(amount('total_deduction_dollars', value), 'valyu', from.tx_id);
}

/** "Total tasks cost, USD" of every endpoint: https://docs.dataforseo.com/v3/serp/google/organic/live/regular */
function dataForSeo({ cost, status_code: status, tasks }: Record<string, unknown>): Statement | undefined {
  if (typeof status !== 'number' || !Array.isArray(tasks) || cost === undefined) return undefined;
  // A task that was paid when it was posted is fetched by its id.
  const task: unknown = tasks.length === 1 ? tasks[0] : undefined;
  return withId(amount('cost', cost), 'dataforseo', isRecord(task) ? task.id : undefined);
}

/** One crawled page; the total has more than the parts beside it: https://spider.cloud/docs/api */
function spider({ costs }: Record<string, unknown>): Statement | undefined {
  if (!isRecord(costs) || costs.total_cost === undefined) return undefined;
  return otherCurrency(costs) ?? amount('costs.total_cost', costs.total_cost);
}

/** The settlement that an x402 client returns, or that an MCP server writes into `_meta`. */
function payment(from: Record<string, unknown>): Statement | undefined {
  const settlement = from['x402/payment-response'] ?? from.paymentResponse;
  if (!isSettlement(settlement)) return undefined;
  const { paymentRequired: asked } = from;
  return paid(settlement, [from, isRecord(asked) ? asked : undefined]);
}

/** The statement of an x402 settlement. `places` are the objects where its terms may stand. */
export function paid(
  settlement: Record<string, unknown>,
  places: readonly (Record<string, unknown> | undefined)[],
): Statement {
  const read = readPayment(settlement, termsOf(settlement, places));
  return 'usd' in read ? withId(amount('x402 amount', read.usd), 'x402', read.id) : read;
}

/** The statement of a value that should be an amount in dollars: a number, since a string may have any unit. */
export function amount(name: string, value: unknown): Statement {
  return isPostableUsd(value) ? { usd: value + 0 } : { refused: `${name} is ${show(value)}` };
}

function otherCurrency(from: Record<string, unknown>): Statement | undefined {
  const currency = from.currency ?? from.cost_currency ?? from.costCurrency ?? 'USD';
  if (typeof currency === 'string' && currency.toUpperCase() === 'USD') return undefined;
  return { refused: `currency is ${show(currency)}` };
}

function withId(statement: Statement, sender: string, id: unknown): Statement {
  if (!('usd' in statement) || typeof id !== 'string' || id === '' || id.length > MAX_ID_CHARS)
    return statement;
  return { ...statement, id: `${sender}/${id}` };
}

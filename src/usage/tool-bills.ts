/** Finds the bill in a tool's result. Only for tools that are declared billable. */
import { isActionError, isActionResult, mistakeOf } from '../action.js';
import { isPostableUsd, type Pico, picoFromUsd, usdFromPico } from '../money.js';
import { isRecord } from '../validate.js';
import { keysOf, listed, MAX_LISTED } from './bounds.js';
import { headerIn, readCostHeader } from './cost-header.js';
import { isPending } from './read-response.js';
import type { SpanAttributes } from './span-role.js';
import { amount, paid, readStatements, type Statement } from './tool-senders.js';
import { askedIn, isSettlement, paymentIn, settlementIn } from './x402.js';

/** The bill of one result. */
export type ToolBill = Statement & {
  /** The places that state different amounts. The largest one is billed. */
  differs?: string;
};

/** A result inside an envelope inside MCP text is three levels deep. */
const MAX_DEPTH = 5;

/** All JSON text of one result that is parsed, in characters. Parsing this much takes a few milliseconds. */
const MAX_JSON_CHARS = 1_000_000;

/** The most objects, lists and strings to visit: a list of results, each with an envelope and its content. */
const MAX_PLACES = 4 * MAX_LISTED;

const CONTENT_TYPES: ReadonlySet<string> = new Set(['text', 'image', 'audio', 'resource', 'resource_link']);

/** Matches JSON that may state a bill. */
const MAY_STATE =
  /"(?:cost|usageTotal|total_(?:deduction|cost)|paymentResponse|x402|(?:x-)?payment-|x-litellm)/i;

/** The bill that a result states. Undefined when it states none. Never throws. */
export function readToolBill(result: unknown): ToolBill | undefined {
  try {
    return readOne(result, new Allowance(), 0);
  } catch (error) {
    // A result beyond a bound may contain any bill. A getter or proxy of the app that threw contains none.
    return error instanceof RangeError
      ? { unstated: 'result too large to be searched for a bill' }
      : undefined;
  }
}

/**
 * True for an MCP result that states a failure. Its call did not throw: the protocol gives the failure to the model as
 * a result. Never throws.
 */
export function isFailedResult(result: unknown): boolean {
  try {
    const said = isActionResult(result) ? result.data : result;
    if (!isRecord(said)) return false;
    if (said.isError === true) return Array.isArray(said.content) || isRecord(said.structuredContent);
    // x402: the operation did not run because nothing was paid.
    return said.resultType === 'payment_required' && isRecord(said.paymentRequired);
  } catch {
    return false;
  }
}

/** True for the JSON of an MCP result that states a failure, as spans record it. */
export function isFailedJson(text: string): boolean {
  if (text.length > MAX_JSON_CHARS) return false;
  if (!text.includes('"isError"') && !text.includes('"payment_required"')) return false;
  return isFailedResult(parsed(text));
}

/** The result on a tool's span, if the recording of content is on: JSON or plain text. Never throws. */
export function readToolResult(a: SpanAttributes): string | undefined {
  try {
    const result =
      a['gen_ai.tool.call.result'] ??
      a['ai.toolCall.result'] ??
      a['mcp.response.value'] ??
      a['traceloop.entity.output'] ??
      a['output.value'];
    return typeof result === 'string' ? result : undefined;
  } catch {
    return undefined;
  }
}

/** The remaining bounds of one search. */
class Allowance {
  private chars = MAX_JSON_CHARS;
  private places = MAX_PLACES;

  takeChars(chars: number): void {
    this.chars -= chars;
    if (this.chars < 0) throw new RangeError('too long');
  }

  takePlace(): void {
    this.places -= 1;
    if (this.places < 0) throw new RangeError('too many');
  }
}

function readOne(result: unknown, allowance: Allowance, depth: number): ToolBill | undefined {
  const search = new Search(allowance);
  search.visit(result, depth);
  return search.bill();
}

/** Searches one result in the places where services write their bills. */
class Search {
  private readonly stated: Statement[] = [];
  private readonly lists: { list: readonly unknown[]; depth: number }[] = [];

  constructor(private readonly allowance: Allowance) {}

  visit(value: unknown, depth: number): void {
    this.allowance.takePlace();
    if (depth > MAX_DEPTH) return;
    if (typeof value === 'string') this.visitText(value, depth);
    else if (Array.isArray(value)) this.visitList(listed(value), depth);
    else if (isActionResult(value) || isActionError(value)) this.visitAction(value, depth);
    else if (isRecord(value) && !isPending(value)) this.visitRecord(value, depth);
  }

  /** Combines all statements into one bill. */
  bill(): ToolBill | undefined {
    const { stated } = this;
    const refused = stated.find((one) => 'refused' in one);
    if (refused !== undefined) return refused;
    const known = stated.filter((one) => 'usd' in one);
    // A list of results counts as the total only where nothing else states a bill.
    if (known.length === 0) return this.sumOfLists() ?? stated[0];
    return oneOf(known);
  }

  private visitText(text: string, depth: number): void {
    if (!/^\s*[[{]/.test(text) || !MAY_STATE.test(text)) return;
    this.allowance.takeChars(text.length);
    this.visit(parsed(text), depth + 1);
  }

  /**
   * The content of an MCP result, which some clients return alone, is one result. Any other list is a list of results.
   */
  private visitList(list: readonly unknown[], depth: number): void {
    if (list.length > 0 && list.every(isContent)) this.visitContent(list, depth);
    else this.lists.push({ list, depth });
  }

  private visitContent(content: readonly unknown[], depth: number): void {
    for (const part of content) if (isRecord(part) && part.type === 'text') this.visit(part.text, depth + 1);
  }

  private visitAction(action: { costUsd: number | undefined; data?: unknown }, depth: number): void {
    const { costUsd } = action;
    const mistake = mistakeOf(action);
    if (costUsd === undefined) this.visit(action.data, depth + 1);
    else this.stated.push(mistake === undefined ? amount('costUsd', costUsd) : { refused: mistake });
  }

  private visitRecord(record: Record<string, unknown>, depth: number): void {
    this.stated.push(...readStatements(record, record));
    this.visitHeaders(record);
    const { structuredContent, _meta: meta, content, result } = record;
    if (isRecord(meta)) this.visitMeta(meta, isRecord(structuredContent) ? structuredContent : meta);
    this.visit(structuredContent, depth + 1);
    this.visitContent(listed(content), depth);
    if (record.jsonrpc === '2.0') this.visit(result, depth + 1);
    if (isEnvelope(record)) this.visit(record.data, depth + 1);
  }

  /** MCP servers write into `_meta` itself, or below a name of their own. */
  private visitMeta(meta: Record<string, unknown>, beside: Record<string, unknown>): void {
    this.stated.push(...readStatements(meta, beside));
    for (const key of keysOf(meta)) {
      const entry = meta[key];
      if (isRecord(entry) && !isSettlement(entry)) this.stated.push(...readStatements(entry, beside));
    }
  }

  /** The headers of `fetch`, axios, or of the response beside a body. Their body is never touched. */
  private visitHeaders(record: Record<string, unknown>): void {
    const { headers, response, config } = record;
    for (const place of [headers, isRecord(response) ? response.headers : undefined]) {
      const cost = readCostHeader(place);
      const id = headerIn(place, 'x-litellm-call-id');
      if (cost !== undefined) this.stated.push({ usd: cost, id: id === undefined ? id : `litellm/${id}` });
      const settlement = settlementIn(place);
      if (settlement === undefined) continue;
      const sent = isRecord(config) ? paymentIn(config.headers) : undefined;
      this.stated.push(paid(settlement, [sent, record, askedIn(place)]));
    }
  }

  private sumOfLists(): ToolBill | undefined {
    const sums = this.lists
      .map(({ list, depth }) => sumOf(list.map((one) => readOne(one, this.allowance, depth + 1))))
      .filter((sum) => sum !== undefined);
    const known = sums.filter((sum) => 'usd' in sum);
    return sums.find((sum) => 'refused' in sum) ?? (known.length > 0 ? oneOf(known) : sums[0]);
  }
}

/** True for a part of the content of an MCP result. */
function isContent(part: unknown): boolean {
  return isRecord(part) && typeof part.type === 'string' && CONTENT_TYPES.has(part.type);
}

/** Envelopes of HTTP clients, and of Apify's API, whose only key is `data`. */
function isEnvelope(record: Record<string, unknown>): boolean {
  if (!('data' in record)) return false;
  return 'headers' in record || 'response' in record || keysOf(record).length === 1;
}

type Known = Extract<ToolBill, { usd: number }>;

/** One bill may be in several places. If they contradict each other, none is certain. */
function oneOf(known: readonly Known[]): ToolBill {
  const largest = known.reduce((a, b) => (b.usd > a.usd ? b : a));
  const id = known.find((one) => one.id !== undefined)?.id;
  const isPartial = known.some((one) => one.isPartial === true);
  const amounts = new Set(known.map((one) => picoFromUsd(one.usd)));
  const differs =
    amounts.size > 1 ? `bills of ${shown(amounts)} USD` : known.find((one) => one.differs)?.differs;
  return { usd: largest.usd, id, isPartial, ...(differs !== undefined && { differs }) };
}

function shown(amounts: Iterable<Pico>): string {
  const ascending = [...amounts].sort((a, b) => a - b);
  return ascending.slice(-3).map(usdFromPico).join(' and ');
}

/** The sum of the bills of a list of results. Those without a bill make it a lower bound. */
function sumOf(bills: readonly (ToolBill | undefined)[]): ToolBill | undefined {
  let pico = 0;
  let known = 0;
  let differs: string | undefined;
  for (const bill of bills) {
    if (bill === undefined || 'unstated' in bill) continue;
    if ('refused' in bill) return bill;
    pico += picoFromUsd(bill.usd);
    if (bill.isPartial !== true) known += 1;
    differs ??= bill.differs;
  }
  const usd = usdFromPico(pico);
  if (pico === 0 && known === 0) return bills.find((bill) => bill !== undefined);
  if (!isPostableUsd(usd)) return { refused: `the sum is ${usd}` };
  return { usd, isPartial: known < bills.length, ...(differs !== undefined && { differs }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The text only begins like JSON.
    return undefined;
  }
}

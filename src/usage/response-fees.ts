/** Fees beside the tokens that a response shows only in its content: searches, code that ran, images that were made. */
import { firstReason } from '../cost-reason.js';
import { isRecord } from '../validate.js';
import { listed } from './bounds.js';
import type { BilledUnits, Usage } from './usage.js';

/** Items of OpenAI's Responses API that cost their tokens only (its price list). */
const FREE_ITEMS = new Set<unknown>([
  'function_call',
  'custom_tool_call',
  'computer_call',
  'mcp_call',
  'mcp_list_tools',
  'tool_search_call',
  'local_shell_call',
  'shell_call',
  'apply_patch_call',
]);

/** The usage with the units that the response lists. An item with an unknown fee makes the usage doubtful. */
export function withFees(usage: Usage, response: Record<string, unknown>): Usage {
  if (!Array.isArray(response.output) && !hasUnknownFee(response)) return usage;
  const units: BilledUnits = { ...usage.units };
  let isDoubtful = false;
  if (Array.isArray(response.output)) isDoubtful = addItems(units, listed(response.output));
  isDoubtful ||= hasUnknownFee(response);
  const withUnits = hasUnits(units) ? { ...usage, units } : usage;
  return isDoubtful
    ? { ...withUnits, doubt: firstReason(usage.doubt, 'unread_usage') ?? 'unread_usage' }
    : withUnits;
}

/** True for a response, or a chunk of one, that shows work with an unknown fee. */
export function hasUnknownFee({ candidates }: Record<string, unknown>): boolean {
  return Array.isArray(candidates) && listed(candidates).some(isGrounded);
}

/** Counts the items that are billed by the piece. Returns true when one of them has an unknown fee. */
function addItems(units: BilledUnits, items: readonly unknown[]): boolean {
  let webSearches = 0;
  let fileSearches = 0;
  let isDoubtful = false;
  const containers = new Set<unknown>();
  for (const item of items) {
    if (!isRecord(item) || typeof item.type !== 'string' || item.status === 'failed') continue;
    if (item.type === 'web_search_call') webSearches += isSearch(item) ? 1 : 0;
    else if (item.type === 'file_search_call') fileSearches += 1;
    // One container is billed once, however often code runs in it.
    else if (item.type === 'code_interpreter_call') containers.add(item.container_id);
    else if (item.type.endsWith('_call') && !FREE_ITEMS.has(item.type)) isDoubtful = true;
  }
  if (webSearches > 0) units.webSearches ??= webSearches;
  if (fileSearches > 0) units.fileSearches ??= fileSearches;
  if (containers.size > 0) units.codeExecutions ??= containers.size;
  return isDoubtful;
}

/** Only searches are billed. Opening pages and finding text in them is free. */
function isSearch({ action }: Record<string, unknown>): boolean {
  return !isRecord(action) || action.type === 'search';
}

/** Google bills grounding by the query or by the prompt, beyond a number that is free each day. */
function isGrounded(candidate: unknown): boolean {
  const grounding = isRecord(candidate) ? candidate.groundingMetadata : undefined;
  return (
    isRecord(grounding) && Array.isArray(grounding.webSearchQueries) && grounding.webSearchQueries.length > 0
  );
}

function hasUnits(units: BilledUnits): boolean {
  for (const _any in units) return true;
  return false;
}

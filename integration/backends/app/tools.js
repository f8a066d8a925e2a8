/** Tools of the agents. What they cost grows with the scale of the round. */
import { ActionError, ActionResult, recordCost, withTool, wrapTool } from 'otel-agent-cost';
import { cachedTool } from 'otel-agent-cost/optimize';

/** A tool whose price is declared. */
export function paidTool(book, tool, costUsd) {
  return book.call({ kind: 'tool', tool }, () => withTool({ name: tool, costUsd }, async () => 'done'));
}

/** A tool that answers equal questions by one run. */
export function cachedPages(book, costUsd) {
  const fetchPage = cachedTool({ name: 'fetch_page', costUsd }, async (address) => `the page of ${address}`);
  return (address) => book.call({ kind: 'tool', tool: 'fetch_page' }, () => fetchPage(address));
}

/** A tool without a cache, which is asked the same again. */
export function repeatedNotes(book, costUsd) {
  const tool = 'read_notes';
  const readNotes = wrapTool({ name: tool, costUsd }, async (name) => `the text of ${name}`);
  let calls = 0;
  return (name) => {
    calls += 1;
    return book.call({ kind: 'tool', tool, isRepeat: calls > 1 }, () => readNotes(name));
  };
}

/** A tool that says itself what it cost; its first call fails, and costs something too. */
export function unreliableLookup(book, failureUsd, costUsd) {
  let calls = 0;
  const lookup = wrapTool('crm_lookup', async () => {
    calls += 1;
    if (calls === 1) throw new ActionError('no answer', { costUsd: failureUsd });
    return new ActionResult('found', { costUsd });
  });
  return (key) => book.call({ kind: 'tool', tool: 'crm_lookup' }, () => lookup(key));
}

/** A cost beside models and tools. */
export function otherCost(book, kind, name, costUsd) {
  return book.call({ kind }, async () => recordCost(costUsd, { kind, name }));
}

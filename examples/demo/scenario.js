/**
 * A scenario is the demo's input: which model answered, with how many tokens, and which tools it asked for.
 * It holds no cost that is billed: `bill` is only compared with, `toolFeesUsd` and `overrides` are rates.
 */
import { readFile } from 'node:fs/promises';

/**
 * @typedef {object} RecordedCall
 * @property {string} agent which agent made the call
 * @property {number} inputTokens cache included
 * @property {number} outputTokens
 * @property {number} cacheReadTokens
 * @property {number} cacheWriteTokens
 * @property {string} stopReason as the provider says it, or `aborted` (by the user) or `error` (connection lost)
 * @property {'silent' | 'half' | undefined} cutShort set when the answer never came, or came in part
 * @property {{ name: string, failed: boolean }[]} tools what ran because of this answer
 */

/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} title
 * @property {string} [startTime] ISO 8601; a replay happens at this time, so that the prices of that day apply
 * @property {'openai' | 'anthropic'} provider
 * @property {string} model
 * @property {boolean} [streamed] whether answers come as a stream
 * @property {{ label: string, costUsd: number }} bill the run's cost from another source
 * @property {Record<string, number>} [toolFeesUsd] USD for one call, by tool name
 * @property {Record<string, object>} [overrides] rates that win over the price book, by model
 * @property {RecordedCall[]} calls
 */

/** @param {string} path @returns {Promise<Scenario>} */
export async function readScenario(path) {
  const scenario = JSON.parse(await readFile(path, 'utf8'));
  return { ...scenario, calls: scenario.calls.map(parseCall) };
}

/** @param {string} row @returns {RecordedCall} */
function parseCall(row) {
  const [agent = '', input, output, cacheRead, cacheWrite, stopReason = '', ...tools] = row.split(' ');
  const isCutShort = stopReason === 'aborted' || stopReason === 'error';
  return {
    agent,
    inputTokens: Number(input),
    outputTokens: Number(output),
    cacheReadTokens: Number(cacheRead),
    cacheWriteTokens: Number(cacheWrite),
    stopReason,
    cutShort: isCutShort ? (Number(input) === 0 ? 'silent' : 'half') : undefined,
    tools: tools.map((tool) => ({ name: tool.replace('!', ''), failed: tool.endsWith('!') })),
  };
}

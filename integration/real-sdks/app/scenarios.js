/** The scenarios of one client, from the four ways to use it. */
import { PARTS_BEFORE_ABORT } from './models.js';

/**
 * @param ask makes one call, not streamed: `(scenario) => Promise`
 * @param stream starts a streamed call: `(scenario) => Promise<AsyncIterable>`
 * @param useTool runs a question that takes a tool call and a second turn: `(scenario) => Promise`
 * @param more scenarios that only this client has
 */
export function scenariosOf({ ask, stream, useTool, ...more }) {
  return {
    plain: () => ask('plain'),
    cached: () => ask('cached'),
    streamed: async () => readAll(await stream('streamed')),
    streamedCached: async () => readAll(await stream('streamedCached')),
    aborted: async () => readSome(await stream('aborted')),
    tools: () => useTool('tools'),
    retried: () => ask('retried'),
    refused: () => ask('refused'),
    parallel: () => Promise.all([ask('parallel'), ask('parallel'), ask('parallel')]),
    ...more,
  };
}

export async function readAll(stream) {
  for await (const _part of stream);
}

export async function readSome(stream) {
  let parts = 0;
  for await (const _part of stream) {
    parts += 1;
    if (parts === PARTS_BEFORE_ABORT) break;
  }
}

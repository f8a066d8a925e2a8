/**
 * A stand-in for a model provider on a free loopback port. It speaks the wire formats of OpenAI chat completions and
 * Anthropic messages, whole or streamed, and answers with scripted turns, so that examples run offline and free.
 * It also serves the two pages of an encyclopaedia that the example tools read.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { message, messageEvents } from './anthropic-wire.js';
import { chatCompletion, chatCompletionChunks } from './openai-wire.js';
import { pageFor } from './pages.js';

/**
 * @typedef {object} Turn
 * @property {number} inputTokens cache included
 * @property {number} outputTokens
 * @property {number} cacheReadTokens
 * @property {number} cacheWriteTokens
 * @property {string} stopReason as the provider says it
 * @property {string} text
 * @property {{ name: string, arguments: object }[]} toolCalls
 * @property {'silent' | 'half'} [cutShort] no answer at all, or half a stream; then the connection stays open until
 *   the client gives up or `dropConnections` is called
 */

/** A turn of which only what matters is said. @param {Partial<Turn>} given @returns {Turn} */
export function turn(given) {
  const stopReason = given.toolCalls?.length ? 'tool_calls' : 'stop';
  return {
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    stopReason,
    text: 'Let me see.',
    toolCalls: [],
    ...given,
  };
}

/**
 * @param {Turn[] | ((body: any) => Turn)} turns answered in this order, one a request; or the answer to each request
 * @param {{ onSilence?: () => void, delayMillis?: number }} [options] `onSilence` is called when a request arrived that
 *   gets no answer; `delayMillis` is how long an answer takes, 0 by default
 */
export async function startStandIn(turns, { onSilence = () => {}, delayMillis = 0 } = {}) {
  let asked = 0;
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') return sendJson(response, 200, pageFor(request.url ?? ''));
    const body = await readJson(request);
    const number = ++asked;
    const turn = typeof turns === 'function' ? turns(body) : turns[number - 1];
    if (turn === undefined)
      return sendJson(response, 400, { error: { message: 'the script has no more turns' } });
    if (turn.cutShort === 'silent') return onSilence();
    if (delayMillis > 0) await sleep(delayMillis);
    respond(response, { turn, number, body, anthropic: request.url === '/v1/messages' });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    /** Breaks every open connection, as a lost network does. */
    dropConnections: () => server.closeAllConnections(),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {{ turn: Turn, number: number, body: any, anthropic: boolean }} call
 */
function respond(response, { turn, number, body, anthropic }) {
  if (!body.stream) {
    return sendJson(response, 200, (anthropic ? message : chatCompletion)(turn, number, body.model));
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const events = (anthropic ? messageEvents : chatCompletionChunks)(turn, number, body.model);
  const stream = events.map(serverSentEvent);
  if (turn.cutShort) return response.write(stream.slice(0, Math.ceil(stream.length / 2)).join(''));
  response.end(`${stream.join('')}${anthropic ? '' : 'data: [DONE]\n\n'}`);
}

/** @param {any} event */
function serverSentEvent(event) {
  return `${event.type ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}\n\n`;
}

/** @param {import('node:http').IncomingMessage} request @returns {Promise<any>} */
async function readJson(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

/** @param {import('node:http').ServerResponse} response @param {number} status @param {unknown} body */
function sendJson(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

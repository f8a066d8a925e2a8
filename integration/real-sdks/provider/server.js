/** One provider for every client, over HTTP. Each API is a module that says how requests are read and answers written. */
import { createServer } from 'node:http';
import { anthropicMessages } from './anthropic.js';
import { bedrock } from './bedrock.js';
import { bedrockInvoke } from './bedrock-invoke.js';
import { cohere } from './cohere.js';
import { ENCODINGS } from './encodings.js';
import { gemini } from './gemini.js';
import { ollama } from './ollama.js';
import { openaiChat } from './openai-chat.js';
import { openaiResponses } from './openai-responses.js';
import { scriptedUsage } from './script.js';
import { chosenTool } from './tools.js';

const APIS = [openaiChat, openaiResponses, anthropicMessages, gemini, bedrock, bedrockInvoke, cohere, ollama];

/** Scenarios in which the first answer asks for a tool, or for another agent. */
const WITH_TOOL = ['tools', 'streamedTools', 'streamedInside', 'subAgent', 'streamedSubAgent'];

/** Pause between two events of a stream: long enough for a client to break off in between. */
const EVENT_PAUSE_MILLIS = 5;

/**
 * Requests go to `/<run>/<scenario>/…`.
 *
 * @returns the URL; `served(run, scenario)`: which calls were answered, in order; and `unknown(run)`: paths that are no API's
 */
export async function startProvider() {
  const log = new Map();
  const unknown = new Map();
  const listOf = (lists, key) => lists.get(key) ?? lists.set(key, []).get(key);
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://provider').pathname;
    const [run, scenario] = path.split('/').slice(1, 3);
    const api = APIS.find(({ matches }) => matches(path));
    const body = await text(request);
    if (api === undefined || request.method !== 'POST') {
      listOf(unknown, run).push(`${request.method} ${path}`);
      sendJson(response, 404, refusal(404));
      return;
    }
    const call = { api: api.name, path, status: 200, whole: false };
    await answer({
      api,
      body: JSON.parse(body),
      call,
      scenario,
      served: listOf(log, `${run}/${scenario}`),
      response,
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    served: (run, scenario) => log.get(`${run}/${scenario}`) ?? [],
    unknown: (run) => unknown.get(run) ?? [],
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

async function answer({ api, body, call, scenario, served, response }) {
  call.model = api.modelOf?.(body, call.path) ?? body.model;
  call.status = statusOf(scenario, served.length);
  served.push(call);
  if (call.status !== 200) {
    // What was refused is not charged.
    sendJson(response, call.status, refusal(call.status), { 'retry-after-ms': '1' });
    return;
  }
  const answered = served.filter(({ status }) => status === 200).length - 1;
  call.usage = scriptedUsage(scenario, api.name, answered);
  call.billUsd = api.billOf?.(call);
  const id = `${scenario}-${answered}-${Math.random().toString(36).slice(2)}`;
  const asksForTool = WITH_TOOL.includes(scenario) && answered === 0;
  const tool = asksForTool ? chosenTool(api.toolsOf(body), scenario) : undefined;
  const reply = api.speak({ id, body, model: call.model, path: call.path, usage: call.usage, tool });
  if (!(api.isStream?.(body, call.path) ?? body.stream)) {
    sendJson(response, 200, reply.whole(), reply.headers);
    call.whole = true;
    return;
  }
  const sent = await sendEvents(response, reply.events(), ENCODINGS[api.encoding ?? 'events']);
  call.whole = sent && api.tellsUsage(body, call.path);
}

function statusOf(scenario, requestsBefore) {
  if (scenario === 'refused') return 400;
  return scenario === 'retried' && requestsBefore === 0 ? 429 : 200;
}

function refusal(status) {
  const type = status === 429 ? 'rate_limit_error' : 'invalid_request_error';
  return { type: 'error', error: { type, message: 'refused by the script', code: type, param: null } };
}

function sendJson(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** @returns true when the client was there for every event */
async function sendEvents(response, events, { type, encode }) {
  let gone = false;
  response.on('close', () => {
    gone = true;
  });
  response.writeHead(200, { 'content-type': type });
  for (const event of events) {
    if (gone) return false;
    response.write(encode(event));
    await new Promise((resolve) => setTimeout(resolve, EVENT_PAUSE_MILLIS));
  }
  // The client may be gone by now: the last event told it that the stream had ended.
  response.end();
  return true;
}

async function text(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

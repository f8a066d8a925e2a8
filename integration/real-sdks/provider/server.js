/** One provider for every client: OpenAI's chat and responses and Anthropic's messages, JSON and events, over HTTP. */
import { createServer } from 'node:http';
import { anthropicMessages } from './anthropic.js';
import { openaiChat } from './openai-chat.js';
import { openaiResponses } from './openai-responses.js';
import { scriptedUsage } from './script.js';

const APIS = [
  {
    suffix: '/chat/completions',
    name: 'chat',
    speak: openaiChat,
    tellsUsage: (body) => body.stream_options?.include_usage === true,
  },
  { suffix: '/responses', name: 'responses', speak: openaiResponses, tellsUsage: () => true },
  { suffix: '/messages', name: 'anthropic', speak: anthropicMessages, tellsUsage: () => true },
];

/** Scenarios in which the first answer asks for a tool. */
const WITH_TOOL = ['tools', 'streamedTools', 'streamedInside'];

/** Pause between two events of a stream: long enough for a client to break off in between. */
const EVENT_PAUSE_MILLIS = 5;

/**
 * Requests go to `/<run>/<scenario>/…`.
 *
 * @returns the URL, and `served(run, scenario)`: what was answered, in order
 */
export async function startProvider() {
  const log = new Map();
  const server = createServer(async (request, response) => {
    const [run, scenario] = request.url.split('/').slice(1, 3);
    const key = `${run}/${scenario}`;
    const served = log.get(key) ?? [];
    log.set(key, served);
    await answer(request, response, scenario, served);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    served: (run, scenario) => log.get(`${run}/${scenario}`) ?? [],
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

async function answer(request, response, scenario, served) {
  const body = JSON.parse(await text(request));
  const api = APIS.find(({ suffix }) => new URL(request.url, 'http://provider').pathname.endsWith(suffix));
  const call = { api: api?.name, model: body.model, status: statusOf(scenario, served.length), whole: false };
  served.push(call);
  if (api === undefined) call.status = 404;
  if (call.status !== 200) {
    // What was refused is not charged.
    sendJson(response, call.status, refusal(call.status), { 'retry-after-ms': '1' });
    return;
  }
  const answered = served.filter(({ status }) => status === 200).length - 1;
  call.usage = scriptedUsage(scenario, api.name, answered);
  const id = `${scenario}-${answered}-${Math.random().toString(36).slice(2)}`;
  const useTool = WITH_TOOL.includes(scenario) && answered === 0;
  const reply = api.speak({ id, body, usage: call.usage, useTool });
  if (!body.stream) {
    sendJson(response, 200, reply.whole());
    call.whole = true;
    return;
  }
  call.whole = (await sendEvents(response, reply.events())) && api.tellsUsage(body);
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
async function sendEvents(response, events) {
  let gone = false;
  response.on('close', () => {
    gone = true;
  });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const { event, data } of events) {
    if (gone) return false;
    if (event !== undefined) response.write(`event: ${event}\n`);
    response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
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

/**
 * The measured task: session > agent > 10 × (chat + tool), 22 spans. Written once by another instrumentation and
 * once by our wrappers; sync and async. Both have the same standard attributes.
 */
import { withAgent, withLlm, withSession, withTool } from 'otel-agent-cost';

const TURNS = 10;
export const TASK_SPANS = 2 + 2 * TURNS;
const MODEL = 'gpt-4o';
const PROVIDER = 'openai';

/** Each response of a task needs its own id: responses with the same id count as one call. */
const RESPONSE_IDS = Array.from(
  { length: 1000 },
  (_, index) => `chatcmpl-BNwvSOuTBxZHVnVkfdnhOvv12${1000 + index}`,
);
let responses = 0;

/** The provider's response, created again each time as an HTTP client would. */
function response() {
  responses += 1;
  return {
    id: RESPONSE_IDS[responses % RESPONSE_IDS.length],
    object: 'chat.completion',
    model: 'gpt-4o-2024-08-06',
    choices: [{ index: 0, message: { role: 'assistant', content: 'done' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1200, completion_tokens: 300, total_tokens: 1500 },
  };
}

function search() {
  return { hits: 3 };
}

const CHAT_OPTIONS = { kind: 2 };
const SESSION_OPTIONS = { attributes: { 'session.id': 'session-1' } };
const AGENT_OPTIONS = {
  attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'researcher' },
};
const TOOL_OPTIONS = {
  attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'web_search' },
};

function chatOptions() {
  return {
    ...CHAT_OPTIONS,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': PROVIDER,
      'gen_ai.request.model': MODEL,
    },
  };
}

function writeResponse(span, { model, id, choices, usage }) {
  span.setAttribute('gen_ai.response.model', model);
  span.setAttribute('gen_ai.response.id', id);
  span.setAttribute('gen_ai.response.finish_reasons', [choices[0].finish_reason]);
  span.setAttribute('gen_ai.usage.input_tokens', usage.prompt_tokens);
  span.setAttribute('gen_ai.usage.output_tokens', usage.completion_tokens);
}

function chat(span) {
  writeResponse(span, response());
  span.end();
}

async function chatAsync(span) {
  const answer = await response();
  writeResponse(span, answer);
  span.end();
}

function tool(span) {
  search();
  span.end();
}

async function toolAsync(span) {
  await search();
  span.end();
}

/** Returns a function that runs one foreign task, sync. */
export function foreignTask(tracer) {
  const agent = (span) => {
    for (let turn = 0; turn < TURNS; turn++) {
      tracer.startActiveSpan(`chat ${MODEL}`, chatOptions(), chat);
      tracer.startActiveSpan('execute_tool web_search', TOOL_OPTIONS, tool);
    }
    span.end();
  };
  const session = (span) => {
    tracer.startActiveSpan('invoke_agent researcher', AGENT_OPTIONS, agent);
    span.end();
  };
  return () => tracer.startActiveSpan('session', SESSION_OPTIONS, session);
}

/** The same, async. */
export function foreignTaskAsync(tracer) {
  const agent = async (span) => {
    for (let turn = 0; turn < TURNS; turn++) {
      await tracer.startActiveSpan(`chat ${MODEL}`, chatOptions(), chatAsync);
      await tracer.startActiveSpan('execute_tool web_search', TOOL_OPTIONS, toolAsync);
    }
    span.end();
  };
  const session = async (span) => {
    await tracer.startActiveSpan('invoke_agent researcher', AGENT_OPTIONS, agent);
    span.end();
  };
  return () => tracer.startActiveSpan('session', SESSION_OPTIONS, session);
}

const LLM = { provider: PROVIDER, model: MODEL };
const TOOL = { name: 'web_search', costUsd: 0.005 };

function wrappedAgent() {
  for (let turn = 0; turn < TURNS; turn++) {
    withLlm(LLM, response);
    withTool(TOOL, search);
  }
}

async function responseAsync() {
  return await response();
}

async function searchAsync() {
  return await search();
}

async function wrappedAgentAsync() {
  for (let turn = 0; turn < TURNS; turn++) {
    await withLlm(LLM, responseAsync);
    await withTool(TOOL, searchAsync);
  }
}

/** One task with our wrappers, sync. */
export function wrappedTask() {
  withSession('session-1', () => withAgent('researcher', wrappedAgent));
}

/** The same, async. */
export function wrappedTaskAsync() {
  return withSession('session-1', () => withAgent('researcher', wrappedAgentAsync));
}

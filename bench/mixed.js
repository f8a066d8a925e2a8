/**
 * A task whose 12 calls are of 12 shapes, as 8 instrumentations record them: one shape alone lets the compiler learn it by
 * heart. The spans are those of real runs, from `test/fixtures/real-sdk-spans.json`.
 */
import { readFileSync } from 'node:fs';

/** The instrumentation and the first word of the span's name. */
const SHAPES = [
  ['@opentelemetry/instrumentation-openai', 'chat'],
  ['@traceloop/instrumentation-openai', 'chat'],
  ['@arizeai/openinference-instrumentation-openai', 'OpenAI'],
  ['com.anthropic.sdk.typescript', 'anthropic.messages.create'],
  ['@arizeai/openinference-instrumentation-anthropic', 'Anthropic'],
  ['ai', 'ai.generateText.doGenerate'],
  ['ai', 'ai.toolCall'],
  ['gen_ai', 'chat'],
  ['gen_ai', 'execute_tool'],
  ['@arizeai/openinference-instrumentation-langchain', 'ChatOpenAI'],
  ['@traceloop/instrumentation-langchain', 'chat'],
  ['@arizeai/openinference-instrumentation-openai-agents', 'response'],
];

export const MIXED_SPANS = 2 + SHAPES.length;

const { traces } = JSON.parse(
  readFileSync(new URL('../test/fixtures/real-sdk-spans.json', import.meta.url), 'utf8'),
);
const spans = traces.flatMap((one) => one.spans);
const shapes = SHAPES.map(([scope, word], index) => {
  const found = spans.find((span) => span.scope === scope && span.name.split(' ')[0] === word);
  if (found === undefined) throw new Error(`the recorded spans have none of ${scope} named ${word}`);
  return { ...found, ends: Object.entries(withOwnId(found.atEnd ?? {}, index)) };
});

/** All of them record the same call: with ids of their own, each is a call. */
function withOwnId(attributes, index) {
  const json = JSON.stringify(attributes);
  return JSON.parse(json.replaceAll(/\b((?:chatcmpl-|resp_|msg_)[\w-]+)/g, `$1-${index}`));
}

const SESSION_OPTIONS = { attributes: { 'session.id': 'session-1' } };
const AGENT_OPTIONS = {
  attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'researcher' },
};

/** Returns a function that runs one such task. */
export function mixedTask(provider) {
  const tracer = provider.getTracer('bench');
  const tracers = shapes.map(({ scope }) => provider.getTracer(scope));
  const calls = (agent) => {
    for (const [index, { name, atStart, ends }] of shapes.entries()) {
      const span = tracers[index].startSpan(name, { attributes: atStart });
      for (const [key, value] of ends) span.setAttribute(key, value);
      span.end();
    }
    agent.end();
  };
  const session = (span) => {
    tracer.startActiveSpan('invoke_agent researcher', AGENT_OPTIONS, calls);
    span.end();
  };
  return () => tracer.startActiveSpan('session', SESSION_OPTIONS, session);
}

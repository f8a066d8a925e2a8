/** Strings of the app on spans: what redacts or cuts them keeps working, wherever it is. */
import type { AttributeValue, Span } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it } from 'vitest';
import { withAgent, withLlm, withSession, withTask, withTool } from '../../src/index.js';
import { foreign, startTracing, type Tracing } from '../support/tracing.js';

const SECRET = 'secret of the app';
const LIMIT = 32;
const long = (name: string, chars = 120) => name.padEnd(chars, '.');

/** A session, task, agent, LLM call and tool of wrappers, and another instrumentation's call; all strings are `text(name)`. */
function runAll(text: (name: string) => string): void {
  const response = {
    id: text('response'),
    model: 'gpt-4o',
    choices: [{ finish_reason: text('reason') }],
    usage: { prompt_tokens: 10, completion_tokens: 5 },
  };
  withSession({ id: text('session'), attribution: { user: text('user'), team: text('team') } }, () =>
    withTask(text('task'), () =>
      withAgent(text('agent'), () => {
        withLlm({ provider: 'openai', model: 'gpt-4o' }, () => response);
        withTool({ name: 'search', costUsd: 0.01 }, () => 1);
        const attributes = {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'openai',
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.usage.input_tokens': 10,
          'gen_ai.usage.output_tokens': 5,
        };
        foreign().startSpan('foreign chat', { attributes }).end();
      }),
    ),
  );
}

const OF_APP =
  /^(task\.name|session\.id|user\.id|cost\.tag\.team|gen_ai\.agent\.name|gen_ai\.response\.(id|finish_reasons))$/;

/** The agent's own span has its name from its start: the SDK sets that before any processor sees the span. */
function stringsOfApp({ name, attributes }: ReadableSpan): [string, AttributeValue | undefined][] {
  const isOwnName = (key: string) => key === 'gen_ai.agent.name' && name.startsWith('invoke_agent');
  return Object.entries(attributes).filter(([key]) => OF_APP.test(key) && !isOwnName(key));
}

function expectAll(tracing: Tracing, check: (value: unknown, key: string) => void): void {
  let checked = 0;
  for (const span of tracing.spans()) {
    for (const [key, values] of stringsOfApp(span)) {
      for (const value of [values].flat()) check(value, key);
      checked += 1;
    }
  }
  // Each of the six spans has its session, its user and its team at least.
  expect(checked).toBeGreaterThanOrEqual(18);
}

function redact(value: AttributeValue): AttributeValue {
  if (Array.isArray(value)) return value.map(() => 'redacted');
  return typeof value === 'string' && value.includes('secret') ? 'redacted' : value;
}

/** A processor in front of ours that patches `setAttribute` of each span, as redacting processors do. */
class Redacting implements SpanProcessor {
  onStart(span: Span): void {
    const { setAttribute } = span;
    span.setAttribute = (key, value) => setAttribute.call(span, key, redact(value));
  }
  onEnd(): void {}
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

describe('a setAttribute that redacts', () => {
  let restore = () => {};
  afterEach(() => restore());

  it('sees every string of the app where a span has its own', () => {
    const tracing = startTracing({ processors: (cost, exporting) => [new Redacting(), cost, exporting] });
    runAll((name) => `${SECRET} ${name}`);
    expectAll(tracing, (value) => expect(value).not.toContain('secret'));
  });

  it('sees every string of the app where the class of the spans has it, also from the middle of a run', () => {
    const tracing = startTracing();
    runAll((name) => name);
    const prototype: Span = Object.getPrototypeOf(foreign().startSpan('x'));
    const { setAttribute } = prototype;
    restore = () => Object.assign(prototype, { setAttribute });
    prototype.setAttribute = function (this: Span, key, value) {
      return setAttribute.call(this, key, redact(value));
    };
    runAll((name) => `${SECRET} ${name}`);
    expectAll(tracing, (value) => expect(value).not.toContain('secret'));
  });
});

describe('a limit on the length of values', () => {
  it('cuts every string of the app', () => {
    const tracing = startTracing({ spanLimits: { attributeValueLengthLimit: LIMIT } });
    runAll((name) => long(name));
    expectAll(tracing, (value, key) => expect(String(value).length, key).toBeLessThanOrEqual(LIMIT));
  });

  it('is not there by default: strings stay whole, also beyond the length at which they are assigned', () => {
    const tracing = startTracing();
    runAll((name) => long(name, 150));
    expectAll(tracing, (value, key) => expect(String(value).length, key).toBe(150));
  });
});

it('a processor behind ours that reads the attributes sees all of them', () => {
  const seen: string[] = [];
  const reader: SpanProcessor = {
    onStart() {},
    onEnd: ({ attributes }) => void seen.push(...Object.keys(attributes)),
    async forceFlush() {},
    async shutdown() {},
  };
  startTracing({ processors: (cost, exporting) => [cost, reader, exporting] });
  runAll((name) => name);
  expect(seen).toEqual(
    expect.arrayContaining([
      'cost_usd',
      'cost.kind',
      'task.name',
      'session.id',
      'cost.tag.team',
      'task.cost_usd',
    ]),
  );
});

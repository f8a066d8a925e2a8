import { type Attributes, context, type Span, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { withLlm, withTask } from '../../src/index.js';
import { chatAttributes, inSpan, startTracing, wait } from '../support/tracing.js';

const CLIENT = 'com.anthropic.sdk.typescript';
const OPENINFERENCE = '@arizeai/openinference-instrumentation-anthropic';

/** What the client's own span has at its start when `messages.stream()` makes it. */
function beginClientSpan(more: Attributes = {}, parent?: Span): Span {
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.request.stream': true,
    ...more,
  };
  const around = parent === undefined ? context.active() : trace.setSpan(context.active(), parent);
  return trace.getTracer(CLIENT).startSpan('anthropic.messages.create', { attributes }, around);
}

/** The client calls its own `create`, which an instrumentation has patched; its span gets its attributes late. */
function beginPatchSpan(model = 'gpt-4o', scope = OPENINFERENCE): Span {
  const span = trace.getTracer(scope).startSpan('Anthropic Messages');
  return span.setAttributes({ 'openinference.span.kind': 'LLM', 'llm.request.model_name': model });
}

function endPatchSpan(span: Span): void {
  span.setAttributes({ 'llm.token_count.prompt': 1000, 'llm.token_count.completion': 100 });
  span.end();
}

function endClientSpan(span: Span): void {
  span.setAttributes({ ...chatAttributes(1000, 100), 'gen_ai.response.id': 'msg_1' });
  span.end();
}

describe('a client that makes its own span, and then a patched call beside it', () => {
  const ends: [string, (client: Span, patched: Span) => void][] = [
    ['patch first', (client, patched) => [endPatchSpan(patched), endClientSpan(client)]],
    ['client first', (client, patched) => [endClientSpan(client), endPatchSpan(patched)]],
  ];

  it.each(ends)('is one call, billed on the span of the client: %s', (_, end) => {
    const { attributes } = startTracing();
    withTask('t', () => end(beginClientSpan(), beginPatchSpan()));
    expect(attributes('anthropic.messages.create').cost_usd).toBe(0.0035);
    expect(attributes('Anthropic Messages')).toMatchObject({
      'cost.status': 'not_billed',
      'cost.reason': 'duplicate',
    });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0035, 'task.llm_calls': 1 });
  });

  it.each(ends)('is one call in a withLlm: %s', (_, end) => {
    const { attributes } = startTracing();
    withTask('t', () => {
      withLlm({ model: 'gpt-4o', operation: 'ours' }, () => end(beginClientSpan(), beginPatchSpan()));
    });
    expect(attributes('ours gpt-4o').cost_usd).toBe(0.0035);
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0035, 'task.llm_calls': 1 });
  });

  it('is one call without a span around it', () => {
    const { attributes } = startTracing();
    const [client, patched] = [beginClientSpan(), beginPatchSpan()];
    endPatchSpan(patched);
    endClientSpan(client);
    expect(attributes('anthropic.messages.create')).toMatchObject({ 'task.cost_usd': 0.0035 });
    expect(attributes('Anthropic Messages')).not.toHaveProperty('task.cost_usd');
  });
});

describe('two calls', () => {
  const billed = async (begin: () => Span[] | Promise<Span[]>) => {
    const { attributes } = startTracing();
    await withTask('t', async () => {
      const [client, patched] = await begin();
      if (client !== undefined) endClientSpan(client);
      if (patched !== undefined) endPatchSpan(patched);
    });
    return attributes('task t')['task.llm_calls'];
  };

  it.each<[string, () => Span[] | Promise<Span[]>]>([
    ['of two models', () => [beginClientSpan(), beginPatchSpan('gpt-4o-mini')]],
    [
      'of an instrumentation that is not known to patch it',
      () => [beginClientSpan(), beginPatchSpan('gpt-4o', 'other')],
    ],
    [
      'the first of which does not stream',
      () => [beginClientSpan({ 'gen_ai.request.stream': false }), beginPatchSpan()],
    ],
    ['below two spans', () => [beginClientSpan(), inSpan('step', {}, () => beginPatchSpan())]],
    [
      'one after the other',
      async () => {
        const client = beginClientSpan();
        await wait(0);
        return [client, beginPatchSpan()];
      },
    ],
  ])('%s stay two', async (_, begin) => {
    expect(await billed(begin)).toBe(2);
  });

  it('of which each has a span of the client stay two', async () => {
    const begin = () => {
      const first = beginClientSpan();
      const patched = beginPatchSpan();
      endClientSpan(beginClientSpan({}, patched));
      return [first, patched];
    };
    const { attributes } = startTracing();
    withTask('t', () => {
      const [first, patched] = begin();
      first?.setAttributes(chatAttributes(2000, 100));
      first?.end();
      if (patched !== undefined) endPatchSpan(patched);
    });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0095, 'task.llm_calls': 2 });
    expect(attributes('Anthropic Messages')).toMatchObject({
      'cost.status': 'not_billed',
      'cost.reason': 'aggregate',
    });
  });

  it('of which one stays beside the pair stay two', async () => {
    const begin = () => {
      const client = beginClientSpan();
      endPatchSpan(beginPatchSpan());
      return [client, beginPatchSpan()];
    };
    expect(await billed(begin)).toBe(2);
  });
});

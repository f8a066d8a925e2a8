import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../src/store/open-store.js';
import { span } from '../support/made.js';

// 2026: a time for which the price list has the prices of gpt-4o.
const START = Date.UTC(2026, 5, 1);

describe('spans of other instrumentations, priced by the library', () => {
  let store: Store;
  let millis: number;
  beforeEach(async () => {
    millis = START + 5_000;
    store = await openStore({ now: () => millis });
  });
  afterEach(() => store.close());

  async function settle() {
    millis += 1_000;
    await store.priceDue();
  }

  function agentWith(more: Record<string, unknown> = {}) {
    const agent = span(
      { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'writer', ...more },
      { name: 'invoke_agent writer', startMillis: START },
    );
    const chat = (model: string) =>
      span(
        {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'openai',
          'gen_ai.request.model': model,
          'gen_ai.response.model': model,
          'gen_ai.usage.input_tokens': 1_000,
          'gen_ai.usage.output_tokens': 100,
        },
        { name: `chat ${model}`, parentSpanId: agent.spanId, startMillis: START },
      );
    return { agent, chat };
  }

  it('have a task with a roll-up that their costs add up to, and their arithmetic', async () => {
    const { agent, chat } = agentWith();
    const call = chat('gpt-4o');
    await store.add([call, agent]);
    await settle();
    const pico = '3500000000';
    const detail = await store.task(agent.spanId);
    expect(detail?.task).toMatchObject({ state: 'ended', isPricedHere: true, total: { pico }, llmCalls: 1 });
    expect(detail?.check).toMatchObject({ state: 'equal', ownPico: pico, rollUpPico: pico });
    expect(await store.arithmetic(call.traceId, call.spanId)).toMatchObject({
      own: { pico, model: 'gpt-4o' },
      addsUp: true,
      lines: [{ quantity: '1000' }, { quantity: '100' }],
    });
    const { rows } = await store.explore({ window: 'all', by: 'agent' });
    expect(rows).toMatchObject([{ key: 'writer', total: { pico }, llmCalls: 1, inputTokens: 1_000 }]);
  });

  it.each([
    ['OpenInference', 'llm.model_name', 'llm.token_count.prompt', 'llm.token_count.completion'],
    [
      'older OpenLLMetry',
      'gen_ai.request.model',
      'gen_ai.usage.prompt_tokens',
      'gen_ai.usage.completion_tokens',
    ],
  ])('of %s show their tokens where their cost is', async (_name, model, input, output) => {
    const { agent } = agentWith();
    const call = span(
      {
        'openinference.span.kind': 'LLM',
        'llm.provider': 'openai',
        [model]: 'gpt-4o',
        [input]: 1_000,
        [output]: 100,
      },
      { parentSpanId: agent.spanId, startMillis: START },
    );
    await store.add([call, agent]);
    await settle();
    const { rows } = await store.explore({ window: 'all', by: 'model' });
    expect(rows).toMatchObject([
      { key: 'gpt-4o', total: { pico: '3500000000' }, inputTokens: 1_000, outputTokens: 100 },
    ]);
    const node = (await store.task(agent.spanId))?.nodes.find(({ spanId }) => spanId === call.spanId);
    expect(node?.own?.tokens).toMatchObject({ input: 1_000, output: 100 });
  });

  it('of embeddings are named by their model', async () => {
    await store.add([
      span(
        {
          'openinference.span.kind': 'EMBEDDING',
          'llm.provider': 'openai',
          'embedding.model_name': 'text-embedding-3-small',
          'llm.token_count.prompt': 1_000,
        },
        { startMillis: START },
      ),
    ]);
    await settle();
    const { rows } = await store.explore({ window: 'all', by: 'model' });
    expect(rows).toMatchObject([
      { key: 'text-embedding-3-small', total: { pico: '20000000' }, inputTokens: 1_000 },
    ]);
  });

  it('of an unknown model have no cost, and the totals say that something is missing', async () => {
    const { agent, chat } = agentWith();
    const unknown = chat('a-model-of-my-own');
    await store.add([chat('gpt-4o'), unknown, agent]);
    await settle();
    expect((await store.arithmetic(unknown.traceId, unknown.spanId))?.notes).toContain(
      'The cost is not known: the price list has no rate for the model, or for something that it used.',
    );
    const total = { pico: '3500000000', unpricedCalls: 1, isLowerBound: true };
    expect((await store.tasks({ window: 'all' })).rows).toMatchObject([{ total }]);
    expect((await store.overview('all')).ticker.spent).toMatchObject(total);
  });

  it('have the rest of a sum on a span of its own, which is replaced, not added', async () => {
    const { agent, chat } = agentWith({
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 3_000,
      'gen_ai.usage.output_tokens': 300,
    });
    await store.add([chat('gpt-4o'), agent]);
    await settle();
    const total = async () => (await store.tasks({ window: 'all' })).rows[0]?.total;
    expect(await total()).toMatchObject({ pico: '10500000000', estimatedPico: '7000000000' });
    const added = (await store.task(agent.spanId))?.nodes.filter(({ kind }) => kind === 'cost');
    expect(added).toMatchObject([{ own: { pico: '7000000000' }, isPricedHere: true }]);
    await store.add([chat('gpt-4o')]);
    await settle();
    expect(await total()).toMatchObject({ pico: '10500000000', estimatedPico: '3500000000' });
    expect((await store.overview('all')).ticker.spent.pico).toBe('10500000000');
    expect((await store.spans()).spans).toBe(3);
  });

  it('have hints as spans with our keys have', async () => {
    const { agent, chat } = agentWith();
    await store.add([...Array.from({ length: 5 }, () => chat('gpt-4o')), agent]);
    await settle();
    const [first] = await store.opportunities('all');
    expect(first).toMatchObject({ kind: 'cheaper_model', subject: 'gpt-4o', count: 5 });
    expect(first?.evidence[0]?.taskId).toBe(agent.spanId);
  });
});

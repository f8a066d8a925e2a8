import type { Attributes } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import {
  type CostSpanProcessorOptions,
  type Dialect,
  recordCost,
  withAgent,
  withLlm,
  withSession,
  withStep,
  withTask,
  withTool,
} from '../../src/index.js';
import {
  chat,
  chatAttributes,
  completion,
  foreign,
  inSpan,
  startTracing,
  type Tracing,
} from '../support/tracing.js';

type Dialects = Exclude<CostSpanProcessorOptions['dialects'], undefined>;

function start(dialects: Dialects | undefined, cost: CostSpanProcessorOptions = {}): Tracing {
  return startTracing({ cost: { ...cost, ...(dialects !== undefined && { dialects }) } });
}

/** The attributes of the dialects on a span. */
function told({ attributes }: { attributes: Attributes }): Attributes {
  const names = /^(gen_ai\.usage\.cost|llm\.cost|langfuse\.|operation\.cost|mlflow\.)/;
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => names.test(key)));
}

function toldOfCall(
  dialects: Dialects | undefined,
  cost: CostSpanProcessorOptions = {},
  response = completion(1000, 100),
) {
  const tracing = start(dialects, cost);
  withLlm({ provider: 'openai', model: 'gpt-4o' }, () => response);
  return told(tracing.span('chat gpt-4o'));
}

const scalar = { 'gen_ai.usage.cost': 0.0035 };
const openinference = {
  'llm.cost.total': 0.0035,
  'llm.cost.prompt': 0.0025,
  'llm.cost.completion': 0.001,
};
const draft = {
  'gen_ai.usage.cost.amount': 0.0035,
  'gen_ai.usage.cost.currency': 'USD',
  'gen_ai.usage.cost.source': 'local',
};
const langfuse = {
  'langfuse.observation.cost_details': '{"input":0.0025,"output":0.001,"total":0.0035}',
};
const mlflow = {
  'mlflow.llm.cost': '{"input_cost":0.0025,"output_cost":0.001,"total_cost":0.0035}',
};

describe('the names of own cost', () => {
  it.each<[Dialects | undefined, Attributes]>([
    [undefined, scalar],
    [[], scalar],
    ['gen_ai', scalar],
    ['openinference', { ...scalar, ...openinference }],
    ['langfuse', { ...scalar, ...langfuse }],
    ['logfire', { ...scalar, 'operation.cost': 0.0035 }],
    ['mlflow', { ...scalar, ...mlflow }],
    [['gen_ai', 'logfire', 'logfire'], { ...scalar, 'operation.cost': 0.0035 }],
    ['otel-draft', draft],
    [['openinference', 'otel-draft'], { ...openinference, ...draft }],
    ['none', {}],
  ])('%j', (dialects, expected) => {
    expect(toldOfCall(dialects)).toEqual(expected);
  });

  it('cannot be none and some', () => {
    expect(() => start(['none', 'logfire'])).toThrow(
      'option "dialects" must be either none or the names to write, got an array',
    );
  });

  it('are written on spans with own cost only', () => {
    const tracing = start(['openinference', 'langfuse', 'logfire', 'mlflow']);
    withTask('research', () => withLlm({ provider: 'openai', model: 'gpt-4o' }, () => completion(1000, 100)));
    expect(told(tracing.span('task research'))).toEqual({});
  });

  it.each<[Dialect, Attributes]>([
    ['gen_ai', { 'gen_ai.usage.cost': 0.005 }],
    ['openinference', { 'gen_ai.usage.cost': 0.005, 'llm.cost.total': 0.005 }],
    ['langfuse', { 'gen_ai.usage.cost': 0.005, 'langfuse.observation.cost_details': '{"total":0.005}' }],
    ['mlflow', { 'gen_ai.usage.cost': 0.005, 'mlflow.llm.cost': '{"total_cost":0.005}' }],
  ])('report the total of a tool: %s', (dialects, expected) => {
    const tracing = start(dialects);
    withTool({ name: 'web_search', costUsd: 0.005 }, () => 'found');
    expect(told(tracing.span('execute_tool web_search'))).toEqual(expected);
  });
});

describe('a cost of 0', () => {
  const all: Dialect[] = ['openinference', 'langfuse', 'logfire', 'mlflow'];
  const zero = { 'gen_ai.usage.cost': 0, 'llm.cost.total': 0, 'operation.cost': 0 };

  it('is reported for a free call, so that no backend prices its tokens', () => {
    const free = { overrides: { 'gpt-4o': { free: true } } };
    expect(toldOfCall(all, free)).toEqual({
      ...zero,
      'llm.cost.prompt': 0,
      'llm.cost.completion': 0,
      'langfuse.observation.cost_details': '{"input":0,"output":0,"total":0}',
      'mlflow.llm.cost': '{"input_cost":0,"output_cost":0,"total_cost":0}',
    });
  });

  it('is reported as the total of a call that is billed on another span', () => {
    const tracing = start(all);
    withLlm({ provider: 'openai', model: 'gpt-4o' }, () => {
      chat(1000, 100, {}, 'chat of another instrumentation');
      return completion(1000, 100);
    });
    const told0 = {
      ...zero,
      'langfuse.observation.cost_details': '{"total":0}',
      'mlflow.llm.cost': '{"total_cost":0}',
    };
    expect(told(tracing.span('chat of another instrumentation'))).toEqual(told0);
  });

  it('is reported in the draft as a calculated amount', () => {
    const tracing = start('otel-draft');
    inSpan(
      'invoke_agent helper',
      { ...chatAttributes(1000, 100), 'gen_ai.operation.name': 'invoke_agent' },
      () => chat(1000, 100),
    );
    expect(told(tracing.span('invoke_agent helper'))).toEqual({ ...draft, 'gen_ai.usage.cost.amount': 0 });
  });

  it('is not reported for tools and other cost', () => {
    const tracing = start(all);
    withTool({ name: 'cached', costUsd: 0 }, () => recordCost(0, { kind: 'other', name: 'nothing' }));
    expect(tracing.attributes('execute_tool cached').cost_usd).toBe(0);
    expect(told(tracing.span('execute_tool cached'))).toEqual({});
    expect(told(tracing.span('cost nothing'))).toEqual({});
  });

  it('is not reported for a call of unknown cost', () => {
    const unknown = completion(1000, 100, { model: 'brand-new-model' });
    const tracing = start(all);
    withLlm({ provider: 'nobody', model: 'brand-new-model' }, () => unknown);
    expect(told(tracing.span('chat brand-new-model'))).toEqual({});
  });
});

describe('the cost of input and output', () => {
  it('is left out where only the total was reported', () => {
    const reported = { prompt_tokens: 1000, completion_tokens: 100, cost: 0.0042 };
    const total = { 'gen_ai.usage.cost': 0.0042, 'llm.cost.total': 0.0042 };
    expect(toldOfCall('openinference', {}, completion(0, 0, { usage: reported }))).toEqual(total);
  });

  it('is less than the total where something was recorded on the call besides', () => {
    const tracing = start('openinference');
    withLlm({ provider: 'openai', model: 'gpt-4o' }, () => {
      recordCost(0.01, { kind: 'llm' });
      return completion(1000, 100);
    });
    expect(told(tracing.span('chat gpt-4o'))).toMatchObject({ ...openinference, 'llm.cost.total': 0.0135 });
  });

  it('is left out where a part of the call was billed above', () => {
    const tracing = start('openinference');
    withTask('research', () => {
      const agent = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.usage.cost': 0.002 };
      const late = inSpan('invoke_agent helper', agent, () =>
        foreign().startSpan('late chat', { attributes: chatAttributes(1000, 100) }),
      );
      late.end();
    });
    expect(told(tracing.span('late chat'))).toEqual({
      'gen_ai.usage.cost': 0.0015,
      'llm.cost.total': 0.0015,
    });
  });

  it('shows in the draft whether an amount came with the response', () => {
    const reported = { prompt_tokens: 1000, completion_tokens: 100, cost: 0.0042 };
    expect(toldOfCall('otel-draft', {}, completion(0, 0, { usage: reported }))).toEqual({
      'gen_ai.usage.cost.amount': 0.0042,
      'gen_ai.usage.cost.currency': 'USD',
      'gen_ai.usage.cost.source': 'provider',
    });
  });
});

describe('mlflow reports everything below a span with a cost, because MLflow skips what is below it', () => {
  const totalOf = (tracing: Tracing, name: string) =>
    JSON.parse(String(tracing.attributes(name)['mlflow.llm.cost'])).total_cost;

  it('a call with a tool and a recorded cost inside', () => {
    const tracing = start('mlflow');
    withLlm({ provider: 'openai', model: 'gpt-4o' }, () => {
      withTool({ name: 'search', costUsd: 0.005 }, () => withLlm('inner', () => completion(1000, 100)));
      recordCost(0.25, { kind: 'other', name: 'fee' });
      return completion(1000, 100);
    });
    expect(tracing.attributes('chat gpt-4o').cost_usd).toBe(0.0035);
    expect(totalOf(tracing, 'chat gpt-4o')).toBe(0.262);
    expect(totalOf(tracing, 'execute_tool search')).toBe(0.0085);
    expect(totalOf(tracing, 'cost fee')).toBe(0.25);
  });

  it('an aggregate, also the part of it that a child span is billed for', () => {
    const tracing = start('mlflow');
    const usage = { 'gen_ai.usage.input_tokens': 2000, 'gen_ai.usage.output_tokens': 100 };
    const agent = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.provider.name': 'openai' };
    inSpan('invoke_agent helper', { ...agent, 'gen_ai.request.model': 'gpt-4o', ...usage }, () => {
      chat(1000, 100);
      withTool({ name: 'search', costUsd: 0.005 }, () => 'found');
    });
    expect(tracing.attributes('invoke_agent helper').cost_usd).toBeUndefined();
    expect(totalOf(tracing, 'invoke_agent helper')).toBe(0.011);
    expect(totalOf(tracing, 'cost invoke_agent helper')).toBe(0.0025);
  });

  it('a call that is billed inside, with a cost that was recorded on it', () => {
    const tracing = start('mlflow');
    withLlm({ provider: 'openai', model: 'gpt-4o' }, () => {
      recordCost(0.25, { kind: 'llm', name: 'fee' });
      return withLlm('inner', () => completion(1000, 100));
    });
    expect(tracing.attributes('chat gpt-4o')['cost.status']).toBe('not_billed');
    expect(totalOf(tracing, 'chat gpt-4o')).toBe(0.2535);
  });

  it('nothing on a free tool, so that the calls inside are added up', () => {
    const tracing = start('mlflow');
    withTool({ name: 'free', costUsd: 0 }, () => withLlm('gpt-4o', () => completion(1000, 100)));
    expect(tracing.attributes('execute_tool free')['mlflow.llm.cost']).toBeUndefined();
  });
});

describe('openinference says the kind of each span of this package', () => {
  it.each<[string, string]>([
    ['session', 'CHAIN'],
    ['task research', 'CHAIN'],
    ['invoke_agent helper', 'AGENT'],
    ['agent_step turn', 'CHAIN'],
    ['execute_tool search', 'TOOL'],
    ['chat gpt-4o', 'LLM'],
    ['embeddings text-embedding-3-small', 'EMBEDDING'],
    ['cost fee', 'CHAIN'],
  ])('%s: %s', (name, kind) => {
    const tracing = start('openinference');
    runAll();
    expect(tracing.attributes(name)['openinference.span.kind']).toBe(kind);
  });

  it('and none on spans of other instrumentations', () => {
    const tracing = start('openinference');
    chat(1000, 100);
    expect(tracing.spans()).toHaveLength(1);
    expect(kindsOf(tracing)).toEqual([]);
  });

  it('and none without the dialect', () => {
    const tracing = start(['langfuse', 'mlflow']);
    runAll();
    expect(tracing.spans()).toHaveLength(8);
    expect(kindsOf(tracing)).toEqual([]);
  });

  function kindsOf(tracing: Tracing): unknown[] {
    return tracing
      .spans()
      .flatMap(({ attributes }) =>
        'openinference.span.kind' in attributes ? [attributes['openinference.span.kind']] : [],
      );
  }

  function runAll(): void {
    withSession('s', () =>
      withTask('research', () =>
        withAgent('helper', () =>
          withStep('turn', () => {
            withTool('search', () => 'found');
            withLlm({ provider: 'openai', model: 'gpt-4o' }, () => completion(1000, 100));
            const embedding = {
              provider: 'openai',
              model: 'text-embedding-3-small',
              operation: 'embeddings',
            };
            withLlm(embedding, () => completion(1000, 0));
            recordCost(0.25, { kind: 'other', name: 'fee' });
          }),
        ),
      ),
    );
  }
});

/** One app that uses everything, and what it sends, against the registry: names, where they stand, and types. */
import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { SCHEMA_URL } from '../../src/address.js';
import { meteredFetch, withCompute } from '../../src/compute.js';
import {
  ActionError,
  type CostSpanProcessorOptions,
  type LlmHandle,
  recordCost,
  withAgent,
  withLlm,
  withSession,
  withStep,
  withTask,
  withTool,
  wrapTool,
} from '../../src/index.js';
import { Account } from '../../src/ledger/account.js';
import { cachedTool, recordCalls } from '../../src/optimize.js';
import { textOfPart } from '../../src/shared/totals/row-part.js';
import { memoryStore, shareCosts } from '../../src/shared.js';
import { startMetrics } from '../support/metrics.js';
import {
  attributes,
  baseType,
  definitionOf,
  events,
  keysOf,
  metrics,
  type ownAttributes,
  type Reference,
  type SpanType,
  spans as spanTypes,
} from '../support/registry.js';
import { handOver, OPEN_IDENTITY, OutsideQueue, pay } from '../support/services.js';
import { completion, startTracing, stopTracing } from '../support/tracing.js';

const gpt4o = { provider: 'openai', model: 'gpt-4o' };
const request = {
  model: 'gpt-4o',
  temperature: 0.5,
  max_tokens: 500,
  top_p: 0.9,
  tools: [{ name: 'search' }],
};
const rich = {
  prompt_tokens: 60_000,
  completion_tokens: 200,
  total_tokens: 60_200,
  prompt_tokens_details: { cached_tokens: 1024 },
  completion_tokens_details: { reasoning_tokens: 64 },
};
const claude = {
  id: 'msg_1',
  type: 'message',
  model: 'claude-sonnet-4-5',
  stop_reason: 'end_turn',
  usage: { input_tokens: 100, output_tokens: 20, cache_creation_input_tokens: 2000 },
};

/** An agent's day: calls that are cached, repeated, refused, late, unpriced and wrong; tools, compute, requests. */
async function runApp(): Promise<void> {
  let late: LlmHandle | undefined;
  const search = cachedTool({ name: 'cached', costUsd: 0.01 }, async (query: string) => query);
  const look = wrapTool({ name: 'look', costUsd: 0.001 }, async (query: string) => query);
  const ask = meteredFetch(
    async (_url: string, _init: object) => new Response('{}', { headers: { 'content-length': '2' } }),
    {
      parameterNames: true,
      fees: { 'api.example.com': 0.001 },
    },
  );
  await withSession({ id: 'chat-7', attribution: { team: 'growth', user: 'ada' } }, async () => {
    await withTask({ name: 'research', budget: { usd: 0.2, mode: 'warn', thresholds: [0.5] } }, async () => {
      await withAgent('researcher', async () => {
        withStep('plan', () =>
          withLlm({ ...gpt4o, request, countTokens: (text) => text.length }, () => completion(20_000, 9)),
        );
        withStep('act', () => withLlm({ ...gpt4o, request }, () => completion(0, 0, { usage: rich })));
        withLlm({ provider: 'anthropic', model: 'claude-sonnet-4-5' }, () => claude);
        withLlm({ provider: 'anthropic', model: 'claude-sonnet-5-5' }, () =>
          completion(10, 1, { model: undefined }),
        );
        withLlm(gpt4o, () => completion(0, 0, { usage: { ...rich, completion_tokens: -1 } }));
        withLlm({ ...gpt4o, counterfactual: { model: 'gpt-4' }, attempt: 2 }, () => completion(1000, 10));
        withTool({ name: 'search', costUsd: 0.005 }, () => 1);
        withTool({ name: 'broken', costUsd: 0.002 }, () => new ActionError('no', { costUsd: 0.001 }));
        withTool({ name: 'unknown', billable: true }, () => 1);
        await search('a');
        await search('a');
        await withCompute({ name: 'render', rates: { vcpuHourUsd: 0.1 }, minSeconds: 10 }, async () => 1);
        await (await ask('https://api.example.com/orders/42?page=1', { method: 'POST', body: 'abc' })).text();
        recordCost(0.01, { kind: 'storage', name: 'index' });
      });
      await withAgent('writer', async () => {
        for (const size of [1000, 2000, 3000]) await withLlm(gpt4o, async () => completion(size, 10));
        for (const query of ['a', 'a']) await look(query);
      });
      withLlm({ ...gpt4o, model: 'gpt-4o-of-nobody' }, () => completion(10, 1, { model: 'no-such-model' }));
      withLlm({ ...gpt4o }, (llm) => {
        late = llm;
      });
      withTask('sub-task', () => withTool({ name: 'search', costUsd: 0.001 }, () => 1));
      withTask('sub-task', (task) => {
        withTool({ name: 'search', costUsd: 0.3 }, () => 1);
        task.fail('nothing found');
      });
    });
    late?.recordUsage({ inputTokens: 1000, outputTokens: 100 });
    await withTask({ name: 'small', budgetUsd: 0.001 }, async () => {
      withTool({ name: 'search', costUsd: 1, estimateUsd: 1 }, () => 1);
    }).catch(() => undefined);
    // No store was set for the shared budget.
    await withTask({ name: 'shared', attribution: { customer: 'acme' } }, async () => {
      withTool({ name: 'search', costUsd: 0.001 }, () => 1);
    }).catch(() => undefined);
  });
}

async function runFor(dialects: CostSpanProcessorOptions['dialects']) {
  const meter = startMetrics();
  const tracing = startTracing({
    cost: { dialects, metricAttributes: ['team'], budgets: { customer: { usd: 1, shared: true } } },
  });
  const stopRecording = recordCalls();
  await runApp();
  // Read while a task is running: two gauges are about such tasks.
  const points = await withTask('watched', () => meter.allPoints());
  const sent = { spans: [...tracing.spans()], points };
  stopRecording();
  await stopTracing();
  return sent;
}

/** A task in two services, in a session that other processes have worked in as well. */
async function runShared() {
  const tracing = startTracing();
  const store = memoryStore();
  const costs = shareCosts({ store, identity: OPEN_IDENTITY });
  await costs.open();
  const account = new Account();
  account.addTo('tool', 1_000_000n);
  const value = textOfPart({ account, counts: NO_TASKS, open: 0, received: new Map() });
  await store.write([{ kind: 'session', id: 's', writer: 'other', version: 1, value, keepMillis: 60_000 }]);
  const services = new OutsideQueue();
  await withSession('s', () =>
    withTask('plan', () =>
      withAgent('planner', () => {
        const caller = handOver();
        return services.call(() => withTask({ name: 'search', caller }, () => pay(0.01)));
      }),
    ),
  );
  await services.close();
  await costs.close();
  const spans = [...tracing.spans()];
  await stopTracing();
  return { spans, points: [] };
}

const NO_TASKS = { tasks: 0, successfulTasks: 0, actions: 0 };

describe('what an app sends', () => {
  it('is where the registry has it, in the type that it has', async () => {
    const runs = [
      await runFor(['openinference', 'langfuse', 'logfire', 'mlflow']),
      await runFor('otel-draft'),
      await runShared(),
    ];
    const spans = runs.flatMap((run) => run.spans);
    const seen = [...spans.flatMap(checkSpan), ...checkMetrics(runs.flatMap((run) => run.points))];
    expect(new Set(spans.map((span) => typeOf(span).type))).toEqual(
      new Set(spanTypes.map(({ type }) => type)),
    );
    // So every name in the registry was sent, and in its type.
    const sent = new Set(seen.map((key) => definitionOf(key)?.key ?? key));
    expect([...attributes.keys()].filter((key) => !sent.has(key))).toEqual([]);
  });

  it('would be found under a name or in a type that the registry does not have', () => {
    expect(faultsOf({ 'cost.kind': 'llm', 'cost.colour': 'red' }, ['cost.kind'])).toEqual(['cost.colour']);
    expect(faultsOf({ 'task.llm_calls': 1.5 }, ['task.llm_calls'])).toEqual(['task.llm_calls 1.5']);
    expect(faultsOf({ 'cost.kind': 'gold' }, ['cost.kind'])).toEqual(['cost.kind gold']);
  });
});

/** Counters of the same table as `cost.usd`, which has all of its labels here; the two of `register`, which are not sent. */
const FEWER_LABELS =
  /^cost\.(estimated_usd|saved_usd|calls|failed_calls|unpriced_calls|cache_lookups|lost_\w+)$/;

const NAMES: [RegExp, string][] = [
  [/^session$/, 'session'],
  [/^task /, 'task'],
  [/^invoke_agent /, 'agent'],
  [/^agent_step /, 'step'],
  [/^execute_tool /, 'tool_call'],
  [/^compute /, 'compute'],
  [/^cost correction$/, 'correction'],
  [/^cost /, 'cost'],
  [/^(GET|POST) /, 'request'],
  [/^chat /, 'llm_call'],
];

function typeOf({ name }: ReadableSpan): SpanType {
  const [, kind] = NAMES.find(([pattern]) => pattern.test(name)) ?? [];
  const type = spanTypes.find((one) => one.type === `agent_cost.${kind}`);
  if (type === undefined) throw new Error(`no type of span for ${name}`);
  return type;
}

/** The keys of a span and its events, each of which is right. */
function checkSpan(span: ReadableSpan): string[] {
  const type = typeOf(span);
  expect(span.instrumentationScope.schemaUrl ?? '').toBe(SCHEMA_URL);
  expect(faultsOf(span.attributes, keysOf(type.attributes)), span.name).toEqual([]);
  const missing = requiredBy(type.attributes).filter((key) => !(key in span.attributes));
  expect(missing, span.name).toEqual([]);
  const ofEvents = span.events
    .filter(({ name }) => name !== 'exception')
    .flatMap(({ name, attributes: told = {} }) => {
      const keys = keysOf(events.find((event) => event.name === name)?.attributes);
      expect(faultsOf(told, keys), name).toEqual([]);
      expect(Object.keys(told).sort(), name).toEqual(keys.sort());
      return keys;
    });
  return [...Object.keys(span.attributes), ...ofEvents];
}

/** The labels of all points, each of which is right; for each metric all that the registry has. */
function checkMetrics(points: readonly { name: string; labels: Attributes }[]): string[] {
  expect(points.filter(({ name }) => !metrics.some((metric) => metric.name === name))).toEqual([]);
  return metrics.flatMap(({ name, attributes: references }) => {
    const allowed = keysOf(references);
    const labels = points.filter((point) => point.name === name).map((point) => point.labels);
    for (const one of labels) expect(faultsOf(one, allowed), name).toEqual([]);
    const keys = labels.flatMap((one) => Object.keys(one).map((key) => definitionOf(key)?.key ?? key));
    if (!FEWER_LABELS.test(name)) expect([...new Set(keys)].sort(), name).toEqual(allowed.sort());
    return keys;
  });
}

/** The keys that a signal requires itself. Its groups say what they require where they apply. */
function requiredBy(references: readonly Reference[] = []): string[] {
  return references.flatMap(({ ref, requirement_level }) =>
    requirement_level === 'required' && ref !== undefined ? [ref] : [],
  );
}

/** Keys that are not allowed here, and values that are not of the type of their key. */
function faultsOf(found: Attributes, allowed: readonly string[]): string[] {
  return Object.entries(found).flatMap(([key, value]) => {
    const definition = definitionOf(key);
    if (!allowed.includes(definition?.key ?? key)) return [key];
    return definition === undefined || isOf(value, definition) ? [] : [`${key} ${value}`];
  });
}

function isOf(value: AttributeValue | undefined, definition: (typeof ownAttributes)[number]): boolean {
  const type = baseType(definition);
  if (typeof definition.type !== 'string')
    return definition.type.members.some((member) => member.value === value);
  if (type === 'string[]') return Array.isArray(value) && value.every((one) => typeof one === 'string');
  if (type === 'int') return Number.isSafeInteger(value);
  return typeof value === (type === 'double' ? 'number' : type);
}

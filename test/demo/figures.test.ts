import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { picoFromUsd } from '../../examples/demo/format.js';
import { buildTree, figuresOf, kindOf, sumOwn, withDescendants } from '../../examples/demo/nodes.js';
import { type ReceivedSpan, startReceiver } from '../../examples/demo/receiver.js';
import { runAgents } from '../../examples/demo/run.js';

// Figures are read from what a receiver in this process got from an agent process, over OTLP.

// Processes are started; a busy machine takes its time.
const TIMEOUT_MILLIS = 30_000;

const RESEARCH = 'demo/research.json';
const TAU2 = 'recorded/tau2-airline.json';
const PI = 'recorded/pi-coding-session.json';

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let folder: string;

beforeAll(async () => {
  receiver = await startReceiver();
  folder = await mkdtemp(join(tmpdir(), 'demo-'));
});

afterAll(async () => {
  receiver.close();
  await rm(folder, { recursive: true });
});

interface ScenarioFile {
  calls: string[];
  streamed?: boolean;
  overrides?: Record<string, Record<string, number>>;
  toolFeesUsd?: Record<string, number>;
}

async function run(scenarioPath: string): Promise<ReceivedSpan[]> {
  const { traceId } = await runAgents(scenarioPath, receiver.url);
  return receiver.spans.filter((span) => span.traceId === traceId);
}

function pathOf(scenario: string): string {
  return fileURLToPath(new URL(`../../examples/${scenario}`, import.meta.url));
}

/** Runs a scenario after a change of its file. */
async function runChanged(scenario: string, change: (file: ScenarioFile) => void): Promise<ReceivedSpan[]> {
  const file: ScenarioFile = JSON.parse(await readFile(pathOf(scenario), 'utf8'));
  const before = JSON.stringify(file);
  change(file);
  expect(JSON.stringify(file), 'the change changes something').not.toBe(before);
  const path = join(folder, 'changed.json');
  await writeFile(path, JSON.stringify(file));
  return run(path);
}

/** Attributes of the first span of a kind. */
function attributesOf(spans: ReceivedSpan[], kind: string): Record<string, unknown> {
  const span = spans.find((candidate) => kindOf(candidate) === kind);
  expect(span, `a ${kind} span`).toBeDefined();
  return span?.attributes ?? {};
}

/** Every cost in whole pico-dollars, roll-ups and own costs, by kind and number of the span within its kind. */
function costsOf(spans: ReceivedSpan[]): Map<string, number> {
  const costs = new Map<string, number>();
  const seen = new Map<string, number>();
  for (const node of buildTree(spans).flatMap(withDescendants)) {
    const number = (seen.get(node.kind) ?? 0) + 1;
    seen.set(node.kind, number);
    const { costUsd } = figuresOf(node);
    if (costUsd !== undefined) costs.set(`${node.kind} ${number}`, picoFromUsd(costUsd));
  }
  return costs;
}

/** What differs between two runs, in USD. */
function changes(before: ReceivedSpan[], after: ReceivedSpan[]): Record<string, number> {
  const costsBefore = costsOf(before);
  const costsAfter = costsOf(after);
  expect([...costsAfter.keys()]).toEqual([...costsBefore.keys()]);
  const differences = [...costsAfter].map(([key, pico]): [string, number] => [
    key,
    (pico - (costsBefore.get(key) ?? 0)) / 1e12,
  ]);
  return Object.fromEntries(differences.filter(([, usd]) => usd !== 0));
}

function ownCostUsd(spans: ReceivedSpan[]): number {
  return sumOwn(buildTree(spans)).costUsd;
}

describe('the research agent of the tutorial', () => {
  let spans: ReceivedSpan[];
  beforeAll(async () => {
    spans = await run(pathOf(RESEARCH));
  }, TIMEOUT_MILLIS);

  test.each(['task', 'agent', 'session'])('its %s carries the whole bill', (scope) => {
    expect(attributesOf(spans, scope)).toMatchObject({
      [`${scope}.cost_usd`]: 0.142,
      [`${scope}.cost_usd_nanos`]: 142_000_000,
      [`${scope}.llm_cost_usd`]: 0.129,
      [`${scope}.tool_cost_usd`]: 0.013,
      [`${scope}.input_tokens`]: 38_800,
      [`${scope}.output_tokens`]: 3_200,
      [`${scope}.llm_calls`]: 10,
      [`${scope}.tool_calls`]: 5,
      [`${scope}.cost_complete`]: true,
    });
  });

  test('own costs add up to it', () => {
    expect(ownCostUsd(spans)).toBe(0.142);
  });

  test('one token count of the input changes every total above by its price', async () => {
    const after = await runChanged(RESEARCH, (file) => {
      file.calls[2] = 'researcher 2200 150 0 0 tool_calls web_search';
    });
    const changed = 0.0025;
    expect(changes(spans, after)).toEqual({
      'session 1': changed,
      'task 1': changed,
      'agent 1': changed,
      'step 3': changed,
      'llm 3': changed,
    });
    expect(attributesOf(after, 'task')['task.input_tokens']).toBe(39_800);
  });

  test('one price of the input changes every call and total above', async () => {
    const after = await runChanged(RESEARCH, (file) => {
      file.overrides = { 'gpt-4o': { inputUsdPerMtok: 3.5, outputUsdPerMtok: 10 } };
    });
    const changed = changes(spans, after);
    expect(changed).toMatchObject({ 'session 1': 0.0388, 'task 1': 0.0388, 'agent 1': 0.0388 });
    // A dollar more for a million input tokens, of which the first call has 500 and the last 7,500.
    expect(changed).toMatchObject({ 'step 1': 0.0005, 'llm 1': 0.0005, 'step 10': 0.0075, 'llm 10': 0.0075 });
    expect(Object.keys(changed).filter((key) => key.startsWith('tool'))).toEqual([]);
    expect(attributesOf(after, 'llm')['cost.source']).toBe('override/gpt-4o');
  });

  test('one tool fee of the input changes each of its calls and every total above', async () => {
    const after = await runChanged(RESEARCH, (file) => {
      file.toolFeesUsd = { ...file.toolFeesUsd, web_search: 0.007 };
    });
    expect(changes(spans, after)).toEqual({
      'session 1': 0.004,
      'task 1': 0.004,
      'agent 1': 0.004,
      'step 3': 0.002,
      'tool 1': 0.002,
      'step 7': 0.002,
      'tool 4': 0.002,
    });
  });
});

describe('the recorded tau2-bench run', () => {
  let spans: ReceivedSpan[];
  beforeAll(async () => {
    spans = await run(pathOf(TAU2));
  }, TIMEOUT_MILLIS);

  test('comes out at its recorded bill', () => {
    expect(attributesOf(spans, 'task')).toMatchObject({
      'task.cost_usd': 0.0132252,
      'task.llm_calls': 21,
      'task.tool_calls': 8,
      'task.cost_complete': true,
    });
    expect(ownCostUsd(spans)).toBe(0.0132252);
  });

  test('costs the same when its answers are streamed', async () => {
    const streamed = await runChanged(TAU2, (file) => {
      file.streamed = true;
    });
    expect(changes(spans, streamed)).toEqual({});
  });

  test('has two agents that take turns, each at its recorded bill', () => {
    const agents = spans.filter((span) => kindOf(span) === 'agent');
    const costs = agents.map(({ attributes }) => [
      attributes['gen_ai.agent.name'],
      attributes['agent.cost_usd'],
    ]);
    expect(Object.fromEntries(costs)).toEqual({ airline_agent: 0.0109112, user_simulator: 0.002314 });
  });

  test('happens at the day of the recording', () => {
    for (const span of spans) {
      expect(new Date(span.startTimeMillis).toISOString()).toMatch(/^2026-05-31T20:/);
    }
  });
});

describe('the recorded coding session', () => {
  let spans: ReceivedSpan[];
  beforeAll(async () => {
    spans = await run(pathOf(PI));
  }, TIMEOUT_MILLIS);

  test('comes out at its recorded bill, and says that 13 calls are unknown', () => {
    expect(attributesOf(spans, 'task')).toMatchObject({
      'task.cost_usd': 30.3301977,
      'task.llm_calls': 452,
      'task.tool_calls': 373,
      'task.cost_complete': false,
      'task.unpriced_calls': 13,
    });
    expect(ownCostUsd(spans)).toBe(30.3301977);
  });

  test('calls cut short have the cost that was counted by then, or none; only a lost connection is a failure', () => {
    const calls = spans.filter((span) => kindOf(span) === 'llm');
    const withStatus = (status: string) => calls.filter((span) => span.attributes['cost.status'] === status);
    expect(withStatus('estimated')).toHaveLength(8);
    expect(withStatus('unpriced')).toHaveLength(13);
    expect(withStatus('unpriced').every((span) => !('cost_usd' in span.attributes))).toBe(true);
    expect(calls.filter((span) => span.failed).map((span) => span.statusMessage)).toEqual(['terminated']);
  });

  test('happens at the day of the recording', () => {
    const days = new Set(spans.map((span) => new Date(span.startTimeMillis).toISOString().slice(0, 10)));
    expect([...days]).toEqual(['2025-11-20']);
  });
});

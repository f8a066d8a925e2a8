/**
 * What a backend shows for a task is what its task span says. Each backend is its own export filter and its own summing
 * rule; where it differs nonetheless, by how much and why is listed here, and in docs/backends.md.
 */
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../../src/index.js';
import { usdFromPico } from '../../../src/money.js';
import type { TraceTotal } from '../../support/backends/backend.js';
import { modelOf } from '../../support/backends/backend.js';
import { laminar } from '../../support/backends/laminar.js';
import { langfuse } from '../../support/backends/langfuse.js';
import { mlflow } from '../../support/backends/mlflow.js';
import { openlit, openlitAutoPricing } from '../../support/backends/openlit.js';
import { opik } from '../../support/backends/opik.js';
import { runTask, SITUATION_OPTIONS, SITUATIONS, type Situation } from '../../support/backends/situations.js';
import { arize, logfire, otelDraft, ownQuery, signoz } from '../../support/backends/sums.js';
import { startTracing } from '../../support/tracing.js';

/** Far from any real price, so that it shows wherever a backend has priced a call itself. */
const OWN_PRICE_USD_PER_TOKEN = 0.001;

function ownPrices(span: ReadableSpan): number | undefined {
  const { 'gen_ai.usage.input_tokens': input, 'gen_ai.usage.output_tokens': output } = span.attributes;
  if (typeof input !== 'number' || typeof output !== 'number' || modelOf(span) === undefined)
    return undefined;
  return (input + output) * OWN_PRICE_USD_PER_TOKEN;
}

/** In USD, by how much a backend shows more than the task's cost; less when negative. */
type Exceptions = Partial<Record<Situation, number>>;

/** What has no price of ours: 1,000 tokens at the backend's own. */
const PRICES_UNKNOWN: Exceptions = { unpricedCall: 1 };
/** What is free or billed on another span too: 1,000 tokens, the covered 1,100, and the 2,100 of an agent span. */
const PRICES_ZERO: Exceptions = { ...PRICES_UNKNOWN, freeCall: 1, coveredCall: 1.1 };
const LEAVES_OUT_ERRORS: Exceptions = { failedCall: -0.00035, failedTool: -0.001 };

const BACKENDS: [string, Dialect | Dialect[] | undefined, TraceTotal, Exceptions][] = [
  ['a query of your own', undefined, ownQuery, {}],
  ['a query of your own', 'none', ownQuery, {}],
  ['Langfuse', undefined, langfuse, PRICES_UNKNOWN],
  ['Langfuse', 'langfuse', langfuse, PRICES_UNKNOWN],
  ['Langfuse', ['openinference', 'langfuse', 'logfire'], langfuse, PRICES_UNKNOWN],
  ['Opik', undefined, opik, PRICES_UNKNOWN],
  ['Laminar', undefined, laminar, { ...PRICES_ZERO, foreignAgent: 2.1 }],
  ['OpenLIT', undefined, openlit, LEAVES_OUT_ERRORS],
  ['OpenLIT with Auto Pricing', undefined, openlitAutoPricing, { ...PRICES_ZERO, ...LEAVES_OUT_ERRORS }],
  ['SigNoz', undefined, signoz, {}],
  ['Arize AX', 'openinference', arize, {}],
  ['Logfire', 'logfire', logfire, {}],
  ['MLflow', 'mlflow', mlflow, PRICES_UNKNOWN],
  ['MLflow', ['openinference', 'langfuse', 'logfire', 'mlflow'], mlflow, PRICES_UNKNOWN],
  ['the OpenTelemetry draft', 'otel-draft', otelDraft, {}],
  ['the OpenTelemetry draft', ['otel-draft', 'logfire', 'openinference'], otelDraft, {}],
];

const SITUATION_NAMES = Object.keys(SITUATIONS) as Situation[];

describe.each(BACKENDS)('%s with dialects %j', (_name, dialects, total, exceptions) => {
  function expectTotal(...situations: Situation[]): void {
    const tracing = startTracing({
      cost: { ...SITUATION_OPTIONS, ...(dialects !== undefined && { dialects }) },
    });
    runTask(...situations);
    const task = Number(tracing.attributes('task research')['task.cost_usd']);
    const excepted = situations.reduce((sum, situation) => sum + (exceptions[situation] ?? 0), 0);
    expect(total(tracing.spans(), ownPrices)).toBeCloseTo(task + excepted, 12);
  }

  it.each(SITUATION_NAMES)('shows the task total once: %s', (situation) => expectTotal(situation));

  it('shows the task total once: all in one', () => expectTotal(...SITUATION_NAMES, ...SITUATION_NAMES));
});

describe('the situations', () => {
  it.each<[Situation, number]>([
    ['loop', 262e9],
    ['failedCall', 35e7],
    ['refusedCall', 0],
    ['failedTool', 1e9],
    ['freeTool', 0],
    ['freeCall', 0],
    ['unpricedCall', 0],
    ['coveredCall', 35e8],
    ['foreignAgent', 6e9],
  ])('%s costs %d pico-dollars', (situation, pico) => {
    const tracing = startTracing({ cost: SITUATION_OPTIONS });
    runTask(situation);
    expect(tracing.attributes('task research')['task.cost_usd']).toBe(usdFromPico(pico));
  });
});

/** What is recorded of a call costs what it would cost as the result of a `withLlm`. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LlmHandle, recordProviderUsage, type Totals, withLlm, withTask } from '../../src/index.js';
import { startTracing, type Tracing } from '../support/tracing.js';
import { countsOf } from '../support/truth/counts.js';
import { build } from '../support/truth/encoding.js';
import { FRAMEWORK_SHAPES } from '../support/truth/framework-shapes.js';
import { recorded } from '../support/truth/recorded.js';
import type { ReportedCall } from '../support/truth/report.js';
import { PROVIDER_SHAPES } from '../support/truth/response-shapes.js';

interface Given {
  provider?: string | undefined;
  model?: string | undefined;
  response: Record<string, unknown>;
}

/** Own cost, status and reason of all billed spans, and the totals of the task. */
interface Outcome {
  bills: unknown[];
  totals: Omit<Totals, 'byTool'>;
}

const KEYS = ['cost_usd', 'cost.source', 'cost.status', 'cost.reason', 'cost.anomaly', 'cost.rate_match'];

function outcome(tracing: Tracing, work: () => void): Outcome {
  const before = tracing.spans().length;
  const totals = withTask('t', (task) => {
    work();
    return task.totals;
  });
  const bills = tracing
    .spans()
    .slice(before)
    .filter(({ attributes }) => attributes['cost.kind'] !== undefined)
    .map(({ attributes }) => KEYS.map((key) => attributes[key]));
  return { bills, totals };
}

function givenOf({ provider, model, response }: Partial<ReportedCall>): Given {
  return { provider, model, response: Object.assign({}, response) };
}

const fixtures: Given[] = recorded().flatMap(({ input }) => (input.calls ?? []).map(givenOf));

const shapes: fc.Arbitrary<Given> = fc
  .constantFrom(...PROVIDER_SHAPES, ...FRAMEWORK_SHAPES)
  .chain((shape) =>
    countsOf(shape.kinds).map((counts) => shape.wrap(build(shape.encode(counts)), shape).calls?.[0]),
  )
  // The others are streams.
  .filter((call) => call?.response !== undefined)
  .map((call) => givenOf(call ?? {}));

/** Facts that a provider states in the response or in its usage. */
const tiers = fc.constantFrom<Record<string, unknown>>(
  {},
  { service_tier: 'batch' },
  { service_tier: 'priority' },
  { service_tier: 'flex' },
  { speed: 'fast' },
  { inference_geo: 'us' },
  { trafficType: 'ON_DEMAND_FLEX' },
);

/** Sides that are missing or unreadable, and bills. */
const changes = fc.constantFrom<Record<string, unknown>>(
  {},
  {},
  { completion_tokens: null, output_tokens: null, candidatesTokenCount: undefined, outputTokens: undefined },
  { completion_tokens: -1 },
  { cost: 0.01 },
  { cost: -1 },
  { cost: '$0.1' },
  { total_tokens: undefined, totalTokens: undefined },
);

const givens: fc.Arbitrary<Given> = fc
  .tuple(fc.oneof(fc.constantFrom(...fixtures), shapes), tiers, tiers, changes)
  .map(([given, ofResponse, ofUsage, change]) => ({
    ...given,
    response: changed(given.response, ofResponse, ofUsage, change),
  }));

function changed(
  response: Record<string, unknown>,
  ofResponse: object,
  ofUsage: object,
  change: object,
): Record<string, unknown> {
  const copy = { ...response, ...ofResponse };
  for (const key of ['usage', 'usageMetadata']) {
    const usage = copy[key];
    if (typeof usage === 'object' && usage !== null) copy[key] = { ...usage, ...ofUsage, ...change };
  }
  return copy;
}

function returned({ provider, response }: Given, tracing: Tracing): Outcome {
  return outcome(tracing, () => void withLlm({ provider }, () => response));
}

function inside({ provider }: Given, tracing: Tracing, give: (call: LlmHandle) => void): Outcome {
  return outcome(tracing, () => void withLlm({ provider }, (call) => give(call)));
}

describe('what is recorded', () => {
  it('of a whole response costs what the response costs when it is returned, inside a call and outside', () => {
    const tracing = startTracing();
    fc.assert(
      fc.property(givens, (given) => {
        const { provider, response } = given;
        const expected = returned(given, tracing);
        expect(inside(given, tracing, (call) => call.recordProviderUsage(response))).toEqual(expected);
        expect(inside(given, tracing, () => recordProviderUsage(response))).toEqual(expected);
        expect(outcome(tracing, () => recordProviderUsage(response, { provider }))).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('of usage alone costs what a response with this usage costs, under the same names', () => {
    const tracing = startTracing();
    const alone = givens.filter(({ response }) => {
      // Everything else that counts is in the usage.
      const keys = Object.keys(response).filter((key) => !PLAIN.has(key));
      return keys.length === 1 && keys[0] === 'usage';
    });
    fc.assert(
      fc.property(alone, ({ provider, model = 'gpt-4o', response }) => {
        const { usage } = response;
        if (typeof usage !== 'object' || usage === null) return;
        const expected = returned({ provider, response: { model, provider, usage } }, tracing);
        const names = { model, provider };
        expect(
          inside({ provider, response }, tracing, (call) => call.recordProviderUsage(usage, names)),
        ).toEqual(expected);
        expect(outcome(tracing, () => recordProviderUsage(usage, names))).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('costs the same when it is recorded late', () => {
    const tracing = startTracing();
    fc.assert(
      fc.property(givens, (given) => {
        const expected = returned(given, tracing).totals;
        let late: LlmHandle | undefined;
        const { totals } = outcome(tracing, () => {
          withLlm({ provider: given.provider }, (call) => {
            late = call;
          });
          late?.recordProviderUsage(given.response);
        });
        expect(totals.costUsd).toBe(expected.costUsd);
        expect(totals.costComplete).toBe(expected.costComplete);
        expect(totals.estimatedCostUsd).toBe(expected.estimatedCostUsd);
        // Without a price, the call stays where it was counted.
        if (expected.costComplete) expect(totals.byModel).toEqual(expected.byModel);
      }),
      { numRuns: 100 },
    );
  });
});

/** Keys of responses that say nothing of the bill. */
const PLAIN = new Set(['id', 'object', 'type', 'role', 'model', 'choices', 'content']);

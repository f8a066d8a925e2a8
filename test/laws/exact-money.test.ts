import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordCost, type TaskHandle, withTask, withTool } from '../../src/index.js';
import { floatingMeter } from '../fakes/broken-meters.js';
import { findsOut, holds } from '../support/laws/law.js';
import { turns } from '../support/laws/run-work.js';
import { type Sdk, startSdk } from '../support/laws/sdk.js';
import { picoOf, SpanTree, sum } from '../support/laws/span-tree.js';
import type { DecodedSpan } from '../support/otlp-spans.js';

let sdk: Sdk;
beforeAll(() => {
  sdk = startSdk();
});
afterAll(() => sdk.stop());

interface Amount {
  costUsd: number;
  asTool: boolean;
  waits: number;
}

const NEVER_POSTED = [Number.NaN, Number.POSITIVE_INFINITY, -1, -1e-12, 1_000_000.01];

const costUsd = fc.oneof(
  fc.double({ min: 0, max: 1e-6, noNaN: true }),
  fc.double({ min: 0, max: 10, noNaN: true }),
  fc.double({ min: 0, max: 1_000_000, noNaN: true }),
  fc.nat(1_000_000),
  fc.constantFrom(0, -0, 1e-12, 1.5e-7, 0.1, 0.2, 1_000_000, ...NEVER_POSTED),
);
const amounts: fc.Arbitrary<Amount[]> = fc.array(
  fc.record({ costUsd, asTool: fc.boolean(), waits: fc.nat(2) }, { noNullPrototype: true }),
  { minLength: 1, maxLength: 15 },
);

describe('money is exact', () => {
  it('to the pico-dollar, from the smallest amounts to a million dollars each', () =>
    holds('2, exact money', amounts, isExact));

  it('is broken by a meter that adds doubles', () => findsOut(floatingMeter, amounts, isExact));
});

/** The same amounts in two orders, in two tasks at the same time. */
async function isExact(given: Amount[]): Promise<void> {
  const handles: TaskHandle[] = [];
  const spend = (order: Amount[]) =>
    withTask('spending', async (task) => {
      handles.push(task);
      for (const one of order) await post(one);
    });
  await Promise.all([spend(given), spend(given.toReversed())]);

  const { json, protobuf } = sdk.receivedTwice();
  expect(JSON.stringify(json.map(moneyOn))).toBe(JSON.stringify(protobuf.map(moneyOn)));
  const tree = new SpanTree(json);
  const [first, second] = tree.scopes('task');
  expect(first?.attributes['task.cost_usd']).toBe(second?.attributes['task.cost_usd']);
  for (const task of tree.scopes('task')) {
    const posted = sum(tree.below(task).map(({ attributes }) => picoOf(attributes.cost_usd)));
    const off = posted - sum(given.map(duePico));
    const most = sum(given.map(mostOff));
    expect(off <= most && off >= -most, `off by ${off} pico-dollars`).toBe(true);
    expect(task.attributes['task.cost_usd']).toBe(nearestUsd(posted));
    expect(task.attributes['task.cost_usd_nanos']).toBe(Number((posted + 500n) / 1000n));
    expect(task.attributeTypes['task.cost_usd_nanos']).toBe('intValue');
  }
  for (const handle of handles) expect(handle.totals.costUsd).toBe(first?.attributes['task.cost_usd']);
  expect(json.flatMap((span) => Object.values(moneyOn(span))).filter(isIndecent)).toEqual([]);
}

async function post({ costUsd, asTool, waits }: Amount): Promise<void> {
  await turns(waits);
  if (asTool) withTool({ name: 'tool', billable: true }, () => ({ costUsd }));
  else recordCost(costUsd, { kind: 'network' });
}

/** What is refused is not posted; the rest is, to the whole pico-dollar. */
function duePico({ costUsd }: Amount): bigint {
  return NEVER_POSTED.includes(costUsd) ? 0n : picoOf(costUsd);
}

/** Where doubles of dollars do not hold each pico-dollar, as `test/money.test.ts` has it. */
function mostOff({ costUsd }: Amount): bigint {
  if (costUsd <= 4_096 || (costUsd > 4_504 && costUsd <= 8_192)) return 0n;
  if (costUsd <= 4_504) return 3n;
  return costUsd <= 9_007 ? 1n : 16n;
}

function nearestUsd(pico: bigint): number {
  return Number(`${pico}e-12`);
}

function moneyOn({ attributes }: DecodedSpan): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => key.endsWith('cost_usd')));
}

function isIndecent(amount: unknown): boolean {
  return !Number.isFinite(amount) || Object.is(amount, -0);
}

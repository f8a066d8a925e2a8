import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InformedNode } from '../../src/settlement/informed-node.js';
import { FOREIGN_TOOL, FOREIGN_TOOL_USD } from '../support/laws/foreign-work.js';
import { findsOut, holds } from '../support/laws/law.js';
import { Run } from '../support/laws/run-work.js';
import { type Sdk, startSdk } from '../support/laws/sdk.js';
import { picoOf, SpanTree, sum } from '../support/laws/span-tree.js';
import { FOREIGN_KINDS, forests, OWN_KINDS, type Work } from '../support/laws/work.js';
import type { DecodedSpan } from '../support/otlp-spans.js';

/** Nothing ends before the work inside it: what comes later is not in a span that was already exported. */
const cases = forests({ kinds: [...OWN_KINDS, ...FOREIGN_KINDS], unknownModels: true, detached: false });

let sdk: Sdk;
beforeAll(() => {
  sdk = startSdk({
    cost: { dialects: 'mlflow', tools: { [FOREIGN_TOOL]: { costUsd: FOREIGN_TOOL_USD } } },
  });
});
afterAll(() => sdk.stop());

describe('adding up from the roots, down to the first span with `mlflow.llm.cost`, gives what was billed', () => {
  it('whatever is nested in whatever', () => holds('1, conservation: from the roots', cases, addsUp));

  it('is broken by a meter that forgets what is below', () => findsOut(forgetfulMeter, cases, addsUp));
});

let runs = 0;

async function addsUp(forest: Work[]): Promise<void> {
  runs += 1;
  await new Run(`below-${runs}`).all(forest);
  const tree = new SpanTree(sdk.received());
  const ids = new Set(tree.spans.map(({ spanId }) => spanId));
  const roots = tree.spans.filter(({ parentSpanId }) => !ids.has(parentSpanId));
  // A call without a price carries no cost, and MLflow may give it one of its own.
  for (const root of roots.filter((span) => tree.below(span).every(isPriced)))
    expect(totalOf(tree, root), root.name).toBe(tree.ownCostBelow(root));
}

function totalOf(tree: SpanTree, span: DecodedSpan): bigint {
  const given = span.attributes['mlflow.llm.cost'];
  if (typeof given === 'string') return picoOf(JSON.parse(given).total_cost);
  return sum(tree.childrenOf(span).map((child) => totalOf(tree, child)));
}

function forgetfulMeter(): () => void {
  const prototype = InformedNode.prototype;
  const { billedBelow } = Object.getOwnPropertyDescriptors(prototype);
  Object.defineProperty(prototype, 'billedBelow', { configurable: true, get: () => 0 });
  return () => Object.defineProperty(prototype, 'billedBelow', billedBelow);
}

function isPriced({ attributes }: DecodedSpan): boolean {
  return attributes['cost.status'] !== 'unpriced';
}

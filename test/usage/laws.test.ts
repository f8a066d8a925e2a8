import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addUsage, richest } from '../../src/usage/combine.js';
import { readResponse } from '../../src/usage/read-response.js';
import { readSpan } from '../../src/usage/read-span.js';
import { readUsage } from '../../src/usage/read-usage.js';
import { readRole } from '../../src/usage/span-role.js';
import { StreamReader } from '../../src/usage/stream-reader.js';
import { inputTokens, outputTokens, type Usage } from '../../src/usage/usage.js';
import { spanCases, usageCases } from './fixtures.js';

/** What a count may be replaced by: plausible, strange and wrong. */
const strange = fc.oneof(
  fc.nat(100_000),
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  fc.constantFrom(
    null,
    undefined,
    '',
    '12',
    '-3',
    'NaN',
    true,
    [],
    {},
    { low: 5, high: 0 },
    { low: 1.5, high: 'x' },
  ),
);

/** A recorded shape in which some values, at any depth, were replaced. */
function mutated(shapes: readonly Record<string, unknown>[]): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .tuple(fc.constantFrom(...shapes), fc.array(fc.tuple(fc.nat(40), strange), { maxLength: 6 }))
    .map(([shape, changes]) => {
      const copy = structuredClone(shape);
      const leaves = leavesOf(copy);
      for (const [at, value] of changes) {
        const leaf = leaves[at % Math.max(leaves.length, 1)];
        if (leaf !== undefined) leaf.in[leaf.key] = value;
      }
      return copy;
    });
}

interface Leaf {
  in: Record<string, unknown>;
  key: string;
}

function leavesOf(value: unknown): Leaf[] {
  if (typeof value !== 'object' || value === null) return [];
  const record = value as Record<string, unknown>;
  return Object.entries(record).flatMap(([key, inner]) => [{ in: record, key }, ...leavesOf(inner)]);
}

const usages = mutated(usageCases().map((one) => one.usage));
const spans = mutated(spanCases().map((one) => one.attributes));

function expectSound(usage: Usage | undefined): void {
  if (usage === undefined) return;
  for (const count of Object.values(usage.tokens)) {
    expect(Number.isSafeInteger(count) && count >= 0 && !Object.is(count, -0)).toBe(true);
  }
  for (const count of [
    usage.unsplitTokens ?? 0,
    usage.reportedCostUsd ?? 0,
    ...Object.values(usage.units ?? {}),
  ]) {
    expect(Number.isFinite(count) && count >= 0).toBe(true);
  }
  if (usage.unsplitTokens !== undefined)
    expect(inputTokens(usage.tokens) + outputTokens(usage.tokens)).toBe(0);
  for (const part of usage.parts ?? []) expectSound(part.usage);
}

describe('laws of reading', () => {
  it('any JSON: no throw, no unsound count', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expectSound(readUsage(value));
        expectSound(readResponse(value)?.usage);
        const reader = new StreamReader();
        reader.push(value);
        expectSound(reader.facts().usage);
      }),
    );
  });

  it('mutated shapes: no throw, no unsound count, the same twice', () => {
    fc.assert(
      fc.property(usages, (usage) => {
        const first = readUsage(usage);
        expectSound(first);
        expect(readUsage(usage)).toEqual(first);
        expectSound(readResponse({ usage })?.usage);
      }),
      { numRuns: 1000 },
    );
  });

  it('mutated spans: no throw, no unsound count, the same twice', () => {
    fc.assert(
      fc.property(spans, (attributes) => {
        const first = readSpan(attributes);
        expectSound(first?.usage);
        expect(readSpan(attributes)).toEqual(first);
        expect(typeof readRole(attributes)).toBe('string');
      }),
      { numRuns: 1000 },
    );
  });

  it('disjoint parts add up to the stated totals', () => {
    const split = fc.record({
      read: fc.nat(1e6),
      written: fc.nat(1e6),
      plain: fc.nat(1e6),
      thought: fc.nat(1e6),
      visible: fc.nat(1e6),
    });
    fc.assert(
      fc.property(split, ({ read, written, plain, thought, visible }) => {
        const input = read + written + plain;
        const output = thought + visible;
        const shapes = [
          {
            prompt_tokens: input,
            completion_tokens: output,
            total_tokens: input + output,
            prompt_tokens_details: { cached_tokens: read, cache_write_tokens: written },
            completion_tokens_details: { reasoning_tokens: thought },
          },
          {
            input_tokens: plain,
            cache_read_input_tokens: read,
            cache_creation_input_tokens: written,
            output_tokens: output,
            output_tokens_details: { thinking_tokens: thought },
          },
          {
            inputTokens: input,
            outputTokens: output,
            inputTokenDetails: { cacheReadTokens: read, cacheWriteTokens: written },
            outputTokenDetails: { reasoningTokens: thought },
          },
        ];
        const expected = {
          input: plain,
          cacheRead: read,
          cacheWrite: written,
          output: visible,
          reasoning: thought,
        };
        for (const shape of shapes) expect(readUsage(shape)?.tokens).toMatchObject(expected);
      }),
    );
  });
});

describe('laws of combining', () => {
  const read = usages.map((usage) => readUsage(usage)).filter((usage) => usage !== undefined);
  const size = (usage: Usage) =>
    inputTokens(usage.tokens) + outputTokens(usage.tokens) + (usage.unsplitTokens ?? 0);

  it('adding loses and invents no token, in either order', () => {
    fc.assert(
      fc.property(read, read, (a, b) => {
        const sum = addUsage(a, b);
        expectSound(sum);
        expect(size(sum)).toBe(size(a) + size(b));
        expect(addUsage(b, a).tokens).toEqual(sum.tokens);
      }),
    );
  });

  it('the richer of two is never less than either, and of one usage it is that usage', () => {
    fc.assert(
      fc.property(read, read, (a, b) => {
        const one = richest(a, b);
        expectSound(one);
        for (const seen of [a, b]) {
          expect(inputTokens(one.tokens)).toBeGreaterThanOrEqual(inputTokens(seen.tokens));
          expect(outputTokens(one.tokens)).toBeGreaterThanOrEqual(outputTokens(seen.tokens));
        }
        expect(richest(a, a)).toEqual(a);
      }),
    );
  });
});

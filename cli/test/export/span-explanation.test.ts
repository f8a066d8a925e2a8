import { describe, expect, it } from 'vitest';
import { explainSpan } from '../../src/export/span-explanation.js';
import { openStore } from '../../src/store/open-store.js';
import { spansOfFixture } from '../support/otlp-json.js';

describe('the arithmetic of a span', () => {
  it('adds up to its cost, for all calls of the demo', async () => {
    const spans = spansOfFixture('demo-research.json');
    const store = await openStore();
    await store.add(spans);
    const calls = spans.filter(({ attributes }) => attributes['cost.kind'] === 'llm');
    expect(calls).toHaveLength(10);
    for (const { traceId, spanId } of calls) {
      const arithmetic = await store.arithmetic(traceId, spanId);
      expect(arithmetic).toMatchObject({ addsUp: true });
      expect(arithmetic?.lines.map(({ label }) => label)).toEqual(['input tokens', 'output tokens']);
    }
    const tool = spans.find(({ attributes }) => attributes['cost.kind'] === 'tool');
    expect(await store.arithmetic(tool?.traceId ?? '', tool?.spanId ?? '')).toMatchObject({
      lines: [],
      addsUp: false,
    });
    await store.close();
  });

  it('has no lines where nothing can be read', () => {
    expect(explainSpan({}, 0)).toMatchObject({ lines: [] });
    expect(explainSpan({ 'gen_ai.usage.input_tokens': 'many' }, Number.NaN)).toBeUndefined();
  });
});

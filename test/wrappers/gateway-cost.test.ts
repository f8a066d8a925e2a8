import { describe, expect, it } from 'vitest';
import { withLlm } from '../../src/index.js';
import { completion, startTracing } from '../support/tracing.js';

const headers = (cost: string) => ({ headers: { 'x-litellm-response-cost': cost } });

describe("a model call behind LiteLLM's proxy", () => {
  it("costs what the gateway's header says: its operator may add a margin", async () => {
    const { attributes } = startTracing();
    const response = { data: completion(1000, 100), response: new Response('', headers('0.0036')) };
    expect(await withLlm('gpt-4o', async () => response)).toBe(response);
    expect(attributes('chat gpt-4o')).toMatchObject({ cost_usd: 0.0036, 'cost.source': 'reported' });
    expect(attributes('chat gpt-4o')).not.toHaveProperty('cost.status');
  });

  it('is estimated where the header is far from the list price of the counts', () => {
    const { attributes } = startTracing();
    withLlm('gpt-4o', () => ({ data: completion(1000, 100), status: 200, ...headers('0.02') }));
    expect(attributes('chat gpt-4o')).toMatchObject({
      cost_usd: 0.02,
      'cost.status': 'estimated',
      'cost.reason': 'reported_differs',
    });
  });

  it('has the list price where the header says 0, as it does for streams', () => {
    const { attributes } = startTracing();
    withLlm('gpt-4o', () => ({ data: completion(1000, 100), status: 200, ...headers('0.0') }));
    expect(attributes('chat gpt-4o').cost_usd).toBe(0.0035);
  });
});

import { describe, expect, it } from 'vitest';
import { readCostHeader } from '../../src/usage/cost-header.js';
import { readResponse } from '../../src/usage/read-response.js';

const NAME = 'x-litellm-response-cost';
const usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 };
const body = { id: 'chatcmpl-1', model: 'gpt-4o', choices: [], usage };

describe("the cost in a gateway's headers", () => {
  it.each<[string, unknown]>([
    ['fetch', new Headers({ [NAME]: '0.0035' })],
    ['a plain object', { [NAME]: '0.0035' }],
    ['a plain object in another case', { 'X-LiteLLM-Response-Cost': '0.0035' }],
    ['axios', { get: (name: string) => ({ [NAME]: '0.0035' })[name] }],
  ])('is read from those of %s', (_, headers) => {
    expect(readCostHeader(headers)).toBe(0.0035);
  });

  it.each(['0', '0.0', 'None', '', 'NaN', '-0.01', '$0.01', '1,5', 'Infinity', '2000000', '0x10'])(
    'is none where it says %j: LiteLLM writes 0 where it does not know',
    (text) => {
      expect(readCostHeader({ [NAME]: text })).toBeUndefined();
    },
  );

  it.each<[string, unknown]>([
    ['a Response of fetch', new Response('{}', { headers: { [NAME]: '0.0035' } })],
    ['axios', { data: body, status: 200, headers: { [NAME]: '0.0035' } }],
    ['withResponse()', { data: body, response: new Response('', { headers: { [NAME]: '0.0035' } }) }],
    [
      'the AI SDK',
      {
        text: 'x',
        finishReason: 'stop',
        usage: { inputTokens: 1000, outputTokens: 100, totalTokens: 1100 },
        response: { id: 'chatcmpl-1', modelId: 'gpt-4o', headers: { [NAME]: '0.0035' } },
        steps: [{}],
      },
    ],
    [
      'LangChain',
      {
        content: 'x',
        usage_metadata: { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 },
        response_metadata: { model_name: 'gpt-4o', headers: { [NAME]: '0.0035' } },
      },
    ],
    ["LiteLLM's own response", { ...body, _hidden_params: { response_cost: 0.0035 } }],
  ])('is the reported bill of a model call with %s', (_, response) => {
    expect(readResponse(response)?.usage?.reportedCostUsd).toBe(0.0035);
  });

  it('does not replace a bill in the body', () => {
    const response = { data: { ...body, usage: { ...usage, cost: 0.004 } }, headers: { [NAME]: '0.0035' } };
    expect(readResponse(response)?.usage?.reportedCostUsd).toBe(0.004);
  });

  it('of the last step is not the bill of a loop', () => {
    const step = { usage: { inputTokens: 500, outputTokens: 50, totalTokens: 550 } };
    const read = readResponse({
      usage: step.usage,
      steps: [step, step],
      response: { headers: { [NAME]: '0.0017' } },
    });
    expect(read?.usage?.reportedCostUsd).toBeUndefined();
  });

  it('leaves a response without it as it was', () => {
    expect(readResponse(new Response('{}'))).toBeUndefined();
    expect(readResponse(body)?.usage).not.toHaveProperty('reportedCostUsd');
  });
});

describe('the usage in the structured content of an MCP result', () => {
  it('is that of the model behind the tool', () => {
    const facts = readResponse({ content: [{ type: 'text', text: 'x' }], structuredContent: body });
    expect(facts).toMatchObject({ responseModel: 'gpt-4o', usage: { tokens: { input: 1000, output: 100 } } });
  });
});

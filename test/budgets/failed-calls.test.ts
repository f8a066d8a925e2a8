/** Calls that failed before they cost anything, and those that may have cost something. */
import { describe, expect, it } from 'vitest';
import {
  ActionError,
  ActionResult,
  BudgetExceededError,
  recordCost,
  recordUsage,
  type ToolOptions,
  withLlm,
  withTask,
  withTool,
} from '../../src/index.js';
import { completion, startTracing } from '../support/tracing.js';

const REQUEST = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }], max_tokens: 3000 };
const SIZED = { provider: 'openai', request: REQUEST };

/** Makes a call of three cents 20 times in a task with a budget of $0.10. Returns how often it ran, and the task. */
async function many(call: () => unknown) {
  const { attributes } = startTracing();
  let ran = 0;
  await withTask({ name: 't', budgetUsd: 0.1 }, async () => {
    for (let count = 0; count < 20; count++) {
      try {
        await call();
      } catch (error) {
        if (error instanceof BudgetExceededError) return;
      }
      ran += 1;
    }
  });
  return { ran, task: attributes('task t') };
}

function fails(more: object, ErrorClass = Error): () => Promise<never> {
  return async () => {
    throw Object.assign(new ErrorClass('of the provider'), more);
  };
}

/** As the AI SDK throws it after its retries. */
function retryError(statusCode: number) {
  const last = Object.assign(new Error('Rate limit'), { name: 'AI_APICallError', statusCode });
  return { name: 'AI_RetryError', reason: 'maxRetriesExceeded', errors: [last, last, last], lastError: last };
}

const failedFetch = (code: string) => ({ cause: Object.assign(new Error('connect'), { code }) });

describe('an LLM call that never reached the model', () => {
  it.each<[string, () => Promise<never>]>([
    ['status 429 of the AI SDK', fails({ statusCode: 429 })],
    ['a RetryError of 429', fails(retryError(429))],
    ['a connection that was refused', fails(failedFetch('ECONNREFUSED'), TypeError)],
    ['a host that was not found', fails(failedFetch('ENOTFOUND'), TypeError)],
    [
      "an error of OpenAI's client, whose cause is the one of fetch",
      fails({
        name: 'APIConnectionError',
        cause: Object.assign(new TypeError('fetch failed'), failedFetch('ENOTFOUND')),
      }),
    ],
    ['an error with the code itself', fails({ code: 'ECONNREFUSED' })],
  ])('books nothing: %s', async (_, work) => {
    const { ran, task } = await many(() => withLlm(SIZED, work));
    expect(ran).toBe(20);
    expect(task).toMatchObject({ 'task.cost_usd': 0, 'task.cost_complete': true });
  });
});

describe('an LLM call that may have reached the model', () => {
  it.each<[string, () => Promise<never>]>([
    ['status 500', fails({ statusCode: 500 })],
    ['a RetryError of 500', fails(retryError(500))],
    ['a connection that broke', fails(failedFetch('ECONNRESET'), TypeError)],
    ['a time-out', fails(failedFetch('UND_ERR_HEADERS_TIMEOUT'), TypeError)],
  ])('books what was reserved: %s', async (_, work) => {
    const { ran, task } = await many(() => withLlm(SIZED, work));
    expect(ran).toBe(3);
    expect(task['task.cost_complete']).toBe(false);
  });

  it('books it also for a fetch Response that cannot be read', async () => {
    const headers = { 'content-type': 'application/json' };
    const { ran } = await many(() => withLlm(SIZED, async () => new Response('not json', { headers })));
    expect(ran).toBe(3);
  });
});

describe('a stream that fails after its first chunk', () => {
  const chunk = { model: 'gpt-4o', choices: [{ delta: { content: 'many words ' } }] };

  it.each([429, 500, 400])('books what was reserved, with status %i', async (status) => {
    const { ran, task } = await many(async () => {
      const stream = withLlm(SIZED, async function* () {
        for (let count = 0; count < 50; count++) yield chunk;
        throw Object.assign(new Error('in mid-stream'), { status });
      });
      for await (const _ of stream);
    });
    expect(ran).toBe(3);
    expect(task).toMatchObject({ 'task.cost_usd': 0, 'task.cost_complete': false });
  });

  it('does so when the error is thrown into it', async () => {
    const { ran } = await many(async () => {
      const stream = withLlm(SIZED, async function* () {
        yield chunk;
        yield chunk;
      });
      await stream.next();
      await stream.throw(Object.assign(new Error('of the app'), { status: 429 }));
    });
    expect(ran).toBe(3);
  });
});

describe('a tool call of unknown cost', () => {
  const priced = (costUsd: ToolOptions['costUsd']): ToolOptions => ({
    name: 'search',
    ...(costUsd !== undefined && { costUsd }),
    estimateUsd: 0.03,
  });
  const throwing = () => {
    throw new Error('of the app');
  };

  it.each<[string, () => unknown]>([
    ['whose price function throws', () => withTool(priced(throwing), async () => 1)],
    [
      'whose price function gives NaN',
      () =>
        withTool(
          priced(() => Number.NaN),
          async () => 1,
        ),
    ],
    [
      'whose price function gives a promise',
      () => withTool(priced((async () => 0.03) as never), async () => 1),
    ],
    [
      'that failed, with a price function',
      () =>
        withTool(
          priced(() => 0.03),
          fails({}),
        ),
    ],
    [
      'that failed with a cost below 0',
      () =>
        withTool(priced(undefined), async () => {
          throw new ActionError('no', { costUsd: -1 });
        }),
    ],
    [
      'that recorded one that cannot be read',
      () =>
        withTool(priced(undefined), async () => {
          recordCost(Number.NaN, { kind: 'tool' });
          return 1;
        }),
    ],
    [
      'that is a generator, and returned one that cannot be read',
      () => {
        const items = withTool({ name: 'search', costUsd: 0.03 }, function* () {
          yield 1;
          return new ActionResult(1, { costUsd: Number.NaN });
        });
        for (const _ of items);
      },
    ],
    [
      'that is a stream, and was left at its first item',
      async () => {
        const items = withTool(
          priced(() => 0.03),
          async function* () {
            yield 1;
            yield 2;
          },
        );
        for await (const _ of items) break;
      },
    ],
  ])('books what was reserved: one %s', async (_, call) => {
    const { ran, task } = await many(call);
    expect(ran).toBe(3);
    expect(task).toMatchObject({ 'task.cost_usd': 0, 'task.cost_complete': false, 'task.over_budget': true });
  });
});

describe('an LLM call with counts that cannot be read', () => {
  const answer = (usage: object) => () =>
    withLlm(SIZED, async () => ({ model: 'gpt-4o', choices: [], usage }));

  it.each<[string, () => unknown]>([
    ['below 0', answer({ prompt_tokens: -4, completion_tokens: -5 })],
    ['too large', answer({ prompt_tokens: 1e18, completion_tokens: 1e300 })],
    ['of which one is a string', answer({ prompt_tokens: 400, completion_tokens: 'x' })],
    [
      'that the app recorded',
      () =>
        withLlm({ model: 'gpt-4o', estimateUsd: 0.03 }, async () => {
          recordUsage({});
          return 'an answer';
        }),
    ],
  ])('books what was reserved: %s', async (_, call) => {
    const { ran, task } = await many(call);
    expect(ran).toBe(3);
    expect(task['task.cost_complete']).toBe(false);
  });

  it('books nothing where they are 0', async () => {
    expect((await many(() => withLlm(SIZED, async () => completion(0, 0)))).ran).toBe(20);
  });
});

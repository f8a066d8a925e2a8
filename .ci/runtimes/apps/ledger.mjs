/** The wrappers without an SDK. Prints what the ledger says as JSON: `ledger.mjs <scenario>`. */
import { recordCost, withAgent, withLlm, withTask, withTool } from 'otel-agent-cost';
import { GPT_4O, reply, replyInParts, wait } from './replies.mjs';

const SEARCH = { name: 'web_search', costUsd: 0.005 };

const scenarios = {
  call: () =>
    withTask('call', async (task) => {
      const { choices } = await withLlm(GPT_4O, () => reply());
      return { content: choices[0].message.content, costUsd: task.totals.costUsd };
    }),

  nested: () =>
    withTask('nested', (task) =>
      withAgent('outer', async (outer) => {
        await withLlm(GPT_4O, () => reply());
        const innerAgentUsd = await withAgent('inner', async (inner) => {
          await withTool(SEARCH, () => wait(1));
          // A timer's callback belongs to the agent that set it.
          await new Promise((resolve) => {
            setTimeout(() => resolve(recordCost(0.25, { kind: 'other', name: 'fee' })), 1);
          });
          return inner.totals.costUsd;
        });
        const { costUsd, llmCostUsd, toolCostUsd, llmCalls, toolCalls } = task.totals;
        const outerAgentUsd = outer.totals.costUsd;
        return { costUsd, llmCostUsd, toolCostUsd, llmCalls, toolCalls, outerAgentUsd, innerAgentUsd };
      }),
    ),

  /** Each of four tasks makes as many calls as its number says; all wait at the same time. */
  parallel: () =>
    Promise.all(
      [1, 2, 3, 4].map((calls) =>
        withTask(`task ${calls}`, async (task) => {
          await wait(5 - calls);
          await Promise.all(Array.from({ length: calls }, (_, at) => withLlm(GPT_4O, () => reply(at))));
          await withAgent('searcher', () => withTool(SEARCH, () => wait(calls)));
          return task.totals.costUsd;
        }),
      ),
    ),

  /** Two tasks read a stream each, in turns; the second uses a tool after each of the three parts. */
  streamed: () =>
    Promise.all(
      [1, 2].map((number) =>
        withTask(`task ${number}`, async (task) => {
          let content = '';
          for await (const part of await withLlm(GPT_4O, () => replyInParts(number))) {
            content += part.choices[0]?.delta.content ?? '';
            if (number === 2) await withTool(SEARCH, () => wait(1));
          }
          return { content, costUsd: task.totals.costUsd };
        }),
      ),
    ),

  /** A generator that opens its tasks inside and is read from outside. */
  generator: async () => {
    async function* research() {
      yield await withTask('first', async (task) => {
        await withLlm(GPT_4O, () => reply());
        return task.totals.costUsd;
      });
      yield await withTask('second', async (task) => {
        await withTool(SEARCH, () => wait(1));
        return task.totals.costUsd;
      });
    }
    const costsUsd = [];
    for await (const costUsd of research()) costsUsd.push(costUsd);
    return costsUsd;
  },
};

console.log(JSON.stringify(await scenarios[process.argv[2]]()));

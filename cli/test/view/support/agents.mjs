/**
 * Agents with every kind of figure that the page shows, and the ledger's own figures of the same run as one line of JSON:
 *
 *   node agents.mjs <USD a search>
 */

import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import {
  BudgetExceededError,
  CostSpanProcessor,
  exportSettings,
  withAgent,
  withLlm,
  withSession,
  withStep,
  withTask,
  wrapTool,
} from '../../../../dist/index.js';

const searchUsd = Number(process.argv[2]);
const { exporter, batch } = exportSettings();
const provider = new NodeTracerProvider({
  spanProcessors: [new CostSpanProcessor(), new BatchSpanProcessor(new OTLPTraceExporter(exporter), batch)],
});
provider.register();

const search = wrapTool({ name: 'web_search', costUsd: searchUsd }, async () => 'found');
const flaky = wrapTool({ name: 'page_reader', costUsd: 0.001 }, async (fails) => {
  if (fails) throw new Error('the page is gone');
  return 'read';
});
const answer = (model, input, output) => ({
  model,
  usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
});
const ask = (model, input, output) =>
  withLlm({ provider: 'openai', model }, async () => answer(model, input, output));

/** @type {{ id: string, name: string, totals: object }[]} */
const tasks = [];
const keep = (task, name) => tasks.push({ id: task.id, name, totals: task.totals });

async function research(turns, team) {
  await withTask({ name: 'research', attribution: { team } }, async (task) => {
    await withAgent('researcher', async () => {
      for (let turn = 0; turn < turns; turn++) {
        await withStep('turn', async () => {
          await ask('gpt-4o', 1000 + turn * 137, 100 + turn);
          await search();
        });
      }
    });
    keep(task, 'research');
  });
}

let sessionTotals;
await withSession({ id: 'figures' }, async (session) => {
  // Eight of a name, so that the ninth can be called an outlier.
  for (let run = 0; run < 8; run++) await research(2, run % 2 === 0 ? 'red' : 'blue');
  await research(9, 'red');
  await withTask('wasteful', async (task) => {
    await flaky(true).catch(() => {});
    await flaky(false);
    await ask('gpt-4o-mini', 333, 77);
    task.fail('gave up');
    keep(task, 'wasteful');
  });
  await withTask('unknown', async (task) => {
    await ask('gpt-4o-mini', 100, 10);
    await ask('a-model-that-nobody-knows', 100, 10);
    keep(task, 'unknown');
  });
  await withTask({ name: 'limited', budgetUsd: 0.001 }, async (task) => {
    for (let call = 0; call < 3; call++) {
      const request = {
        model: 'gpt-4o',
        max_tokens: 50,
        messages: [{ role: 'user', content: 'x'.repeat(100) }],
      };
      try {
        await withLlm({ provider: 'openai', request }, async () => answer('gpt-4o', 60, 40));
      } catch (error) {
        if (!(error instanceof BudgetExceededError)) throw error;
      }
    }
    keep(task, 'limited');
  }).catch(() => {});
  sessionTotals = session.totals;
});
await provider.shutdown();
console.log(JSON.stringify({ tasks, session: sessionTotals }));

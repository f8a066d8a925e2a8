/**
 * The cost of one resolved ticket: all cost of the session divided by the tickets resolved in it. An unresolved
 * ticket is paid for too, so it makes the others more expensive.
 *
 *   node examples/action-results.js
 */
import { ActionResult, CostSpanProcessor, withLlm, withSession, withTask, wrapTool } from 'otel-agent-cost';

const cost = new CostSpanProcessor();

/** A database that reports its cost with each answer: $0.002. */
const findOrder = wrapTool(
  { name: 'orders_db', unwrap: true },
  async (ticket) => new ActionResult({ ticket, state: 'lost' }, { costUsd: 0.002 }),
);

/** The model reads 40,000 tokens and writes 4,800, $0.148 at gpt-4o's price; without the order it writes 200 more. */
async function complete(order) {
  return {
    model: 'gpt-4o-2024-08-06',
    choices: [{ message: { content: 'we send it again' } }],
    usage: { prompt_tokens: 40_000, completion_tokens: order === undefined ? 5000 : 4800 },
  };
}

function resolveTicket(ticket, session, { needsOrder = false, isAccepted = true } = {}) {
  return withTask('resolve_ticket', async (task) => {
    const order = needsOrder ? await findOrder(ticket) : undefined;
    await withLlm({ provider: 'openai', model: 'gpt-4o' }, () => complete(order));
    if (!isAccepted) task.fail('user rejected the answer');
    return task;
  }).then((task) => {
    const { totals, costPerActionUsd } = session;
    console.log(
      `ticket ${ticket}: $${task.totals.costUsd}; session $${totals.costUsd}, $${costPerActionUsd.toFixed(2)} for each resolved`,
    );
  });
}

await withSession('chat-7', async (session) => {
  await resolveTicket('A-1', session);
  await resolveTicket('A-2', session, { needsOrder: true });
  await resolveTicket('A-3', session);
  await resolveTicket('A-4', session, { isAccepted: false });
  console.log(`wasted: $${session.totals.wastedCostUsd}`);
});

for (const { taskName, tasks, actions, costUsd, costPerActionUsd } of cost.taskStats()) {
  const perAction = costPerActionUsd?.toFixed(2) ?? '-';
  console.log(`${taskName}: ${tasks} tasks, ${actions} actions, $${costUsd}, $${perAction} an action`);
}

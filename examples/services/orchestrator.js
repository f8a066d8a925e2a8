/** Answers questions of customers with the help of two services. Tells `main.js` what each answer has cost. */
import { withTask } from 'otel-agent-cost';
import { joinInstallation, SETTINGS } from './installation.js';

const costs = await joinInstallation(({ taskId, costUsd, costComplete }) => {
  process.send?.({ taskId, costUsd, costComplete });
});
// The set-up of an installation does this once. Whoever opens a store says that nothing was spent before.
await costs.open();

/** @param {string} service @param {string} question */
async function ask(service, question) {
  const url = `${SETTINGS.services[service]}/?q=${encodeURIComponent(question)}`;
  // The session and task go with the request, because the service is in `sendTo`.
  return (await fetch(url)).json();
}

process.on('message', async ({ customer, question }) => {
  await withTask({ name: 'answer', attribution: { customer } }, async (task) => {
    const research = await ask('research', question);
    const writing = await ask('writing', question);
    if (research.refused ?? writing.refused) task.fail('over budget');
    process.send?.({ taskId: task.id, customer, question, research, writing });
  });
});
process.send?.('ready');

/**
 * An app that does so many tasks a second, each with a model call and a tool call, until stdin ends; then it ends by itself.
 * It prints what each task cost, one a line.
 */
import { withLlm, withTask, withTool } from 'otel-agent-cost';

const TICK_MILLIS = 50;

const tasksPerSecond = Number(process.argv[2]);
const startMillis = performance.now();
let tasks = 0;

const timer = setInterval(() => {
  const due = ((performance.now() - startMillis) / 1000) * tasksPerSecond;
  while (tasks < due) oneTask(tasks++);
}, TICK_MILLIS);

process.stdin.resume();
process.stdin.once('end', () => clearInterval(timer));

function oneTask(number) {
  const options = { name: 'support', sessionId: `session-${number % 1000}` };
  const usage = { inputTokens: 1000 + (number % 977), outputTokens: 100 + (number % 89) };
  withTask(options, (task) => {
    withLlm({ provider: 'openai', model: 'gpt-4o' }, (call) => call.recordUsage(usage));
    withTool({ name: 'web_search', costUsd: 0.005 }, () => number);
    process.stdout.write(`${task.totals.costUsd}\n`);
  });
}

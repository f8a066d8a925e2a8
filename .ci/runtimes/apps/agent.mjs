/** An app that knows no OpenTelemetry, for `register`: a task of $0.0085, then an end as `agent.mjs <end>` says. */
import { withLlm, withTask, withTool } from 'otel-agent-cost';
import { GPT_4O, reply, wait } from './replies.mjs';

const ends = {
  return: () => {},
  exit: () => process.exit(3),
  'deno-exit': () => Deno.exit(3),
  throw: () => {
    throw new Error('the app broke');
  },
  'throw-later': () => {
    setTimeout(() => {
      throw new Error('the app broke');
    }, 1);
  },
  reject: () => {
    void Promise.reject(new Error('the app broke'));
  },
  wait: () => {
    setInterval(() => {}, 1000);
    console.log('ready');
  },
};

await withTask('research', async () => {
  await withLlm(GPT_4O, () => reply());
  await withTool({ name: 'web_search', costUsd: 0.005 }, () => wait(1));
});
ends[process.argv[2]]();

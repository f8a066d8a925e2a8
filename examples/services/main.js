/**
 * An orchestrator and two services, three processes, with one budget for each customer. It is used up in one service, and
 * stops the calls of the other one, too.
 *
 *   npm run example:services       in this repository
 *   node node_modules/otel-agent-cost/examples/services/main.js
 *                                  in an app with otel-agent-cost, otel-agent-cost-redis, redis and @opentelemetry/api
 *
 * Needs `redis-server` 7 in the path, or the program that REDIS_SERVER_BIN names. Everything is on loopback; a stand-in
 * answers in place of the model.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startStandIn, turn } from '../provider/stand-in.js';
import { freePort, startRedis } from './redis-server.js';
import { printAnswers } from './table.js';

const LIMIT_USD = 0.1;

/** Who asks, in order. */
const QUESTIONS = [
  ...['tides', 'moons', 'stars', 'comets', 'clouds', 'rain', 'snow'].map((question) => ({
    customer: 'acme',
    question,
  })),
  { customer: 'globex', question: 'tides' },
];

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const redis = await startRedis();
const provider = await startStandIn(() =>
  turn({ inputTokens: 60, outputTokens: 400, text: 'They come and go.' }),
);
const [research, writing] = [await freePort(), await freePort()];
/** @type {import('./installation.js').Settings} */
const settings = {
  redisUrl: redis.url,
  identityKey: 'only the services of this installation know it',
  providerUrl: provider.url,
  limitUsd: LIMIT_USD,
  services: { research: `http://127.0.0.1:${research}`, writing: `http://127.0.0.1:${writing}` },
};
/** @type {import('node:child_process').ChildProcess[]} */
const children = [];

/** @param {string} file @param {string[]} args */
async function start(file, ...args) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    env: { ...process.env, SETTINGS: JSON.stringify(settings) },
  });
  children.push(child);
  const died = () => process.exit(1);
  child.once('exit', died);
  // It is ready.
  await once(child, 'message');
  child.off('exit', died);
  return child;
}

try {
  const orchestrator = await start('./orchestrator.js');
  await start('./service.js', 'research');
  await start('./service.js', 'writing');
  /** The answers by task; the totals follow when the services have reported theirs. @type {Map<string, any>} */
  const answers = new Map();
  orchestrator.on('message', (/** @type {any} */ part) => {
    answers.set(part.taskId, { ...answers.get(part.taskId), ...part });
  });
  for (const [asked, question] of QUESTIONS.entries()) {
    orchestrator.send(question);
    while ([...answers.values()].filter(isWhole).length <= asked) await once(orchestrator, 'message');
  }
  printAnswers([...answers.values()], LIMIT_USD);
} finally {
  for (const child of children) child.disconnect();
  await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')));
  provider.close();
  await redis.stop();
}

/** @param {any} answer */
function isWhole({ customer, costUsd }) {
  return customer !== undefined && costUsd !== undefined;
}

import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import * as api from '@opentelemetry/api';
import { startSdk2 } from '../shared/sdk2.js';
import { createServer, TOOLS } from './server.js';

await startSdk2({ api, load: (name) => import(name) });
const { withTask, withTool, wrapTool } = await import('otel-agent-cost');

const checks = {};
for (const [transport, client] of Object.entries({ memory: await inMemory(), stdio: await overStdio() })) {
  for (const name of [...Object.keys(TOOLS), 'throws']) await checkTool(transport, client, name);
  await client.close();
}
process.send({ checks }, () => process.exit(0));

/** A tool that is declared billable says what it cost; one that is not is not billed. `isError` is a failed call. */
async function checkTool(transport, client, name) {
  const { costUsd, isFailed = name === 'throws' } = TOOLS[name] ?? {};
  const ask = (args) => client.callTool({ name, arguments: args });
  for (const billable of [false, true]) {
    const options = billable ? { name, billable } : { name };
    const wrapped = wrapTool(options, ask);
    const ways = {
      withTool: (args) => withTool(options, () => ask(args)),
      wrapTool: (args) => wrapped(args),
    };
    for (const [way, call] of Object.entries(ways)) {
      const { totals, result } = await withTask(name, async (task) => {
        const answer = await call({ query: 'x' });
        return { result: answer, totals: { ...task.totals } };
      });
      const expected = billable
        ? { costUsd: costUsd ?? 0, complete: costUsd !== undefined, failed: isFailed ? 1 : 0 }
        : { costUsd: 0, complete: true, failed: isFailed ? 1 : 0 };
      const got = { costUsd: totals.costUsd, complete: totals.costComplete, failed: totals.failedCalls };
      const isRight = JSON.stringify(got) === JSON.stringify(expected) && Array.isArray(result.content);
      const title = `${name} over ${transport}, ${way}${billable ? ', billable' : ''}`;
      checks[title] = isRight || { got, expected };
    }
  }
}

async function inMemory() {
  const [near, far] = InMemoryTransport.createLinkedPair();
  await createServer().connect(far);
  return connected(near);
}

function overStdio() {
  const args = [fileURLToPath(new URL('server.js', import.meta.url)), 'stdio'];
  return connected(new StdioClientTransport({ command: process.execPath, args }));
}

async function connected(transport) {
  const client = new Client({ name: 'app', version: '1.0.0' });
  await client.connect(transport);
  return client;
}

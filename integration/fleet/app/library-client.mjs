/** A client of the library, an MCP server. The identity of the task is in `params._meta` of each call. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { inject } from 'otel-agent-cost/shared';
import { SERVICES } from './installation.mjs';

let connected;

async function connect() {
  const client = new Client({ name: process.env.NAME, version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', SERVICES.library)));
  return client;
}

export async function lookUp(subject) {
  connected ??= connect();
  const client = await connected;
  const _meta = {};
  inject(_meta, { to: 'mcp:library' });
  return client.callTool({ name: 'look_up', arguments: { subject }, _meta });
}

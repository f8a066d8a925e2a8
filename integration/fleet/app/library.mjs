/** The library: an MCP server with one paid tool, over streamable HTTP. */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { withTask, wrapTool } from 'otel-agent-cost';
import { extract } from 'otel-agent-cost/shared';
import { z } from 'zod';
import { listen, readJson } from './http-service.mjs';

const lookUp = wrapTool(
  { name: 'look_up', costUsd: 0.000_012_345_678 },
  async (subject) => `all about ${subject}`,
);

function newServer() {
  const server = new McpServer({ name: 'library', version: '1.0.0' });
  server.registerTool('look_up', { inputSchema: { subject: z.string() } }, async ({ subject }, extra) => {
    const caller = extract(extra._meta, { from: extra.requestInfo });
    const text = await withTask({ name: 'library', caller }, () => lookUp(subject));
    return { content: [{ type: 'text', text }] };
  });
  return server;
}

listen('library', async (request, response) => {
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  response.once('close', () => transport.close());
  await newServer().connect(transport);
  await transport.handleRequest(request, response, await readJson(request));
});

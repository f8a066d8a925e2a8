/** Tools as paid services answer: with a bill in `structuredContent` or in `_meta`, or with `isError`. */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';

const text = (words) => [{ type: 'text', text: words }];

/** By name: the result, and what it costs. */
export const TOOLS = {
  free: { result: { content: text('ok') } },
  structured: {
    costUsd: 0.012,
    outputSchema: { answer: z.string(), cost_usd: z.number() },
    result: { content: text('ok'), structuredContent: { answer: 'x', cost_usd: 0.012 } },
  },
  exa: {
    costUsd: 0.005,
    outputSchema: { results: z.array(z.string()), costDollars: z.object({ total: z.number() }) },
    result: { content: text('ok'), structuredContent: { results: [], costDollars: { total: 0.005 } } },
  },
  meta: { costUsd: 0.007, result: { content: text('ok'), _meta: { usageTotalUsd: 0.007 } } },
  metaCost: { costUsd: 0.003, result: { content: text('ok'), _meta: { cost_usd: 0.003 } } },
  failed: { isFailed: true, result: { isError: true, content: text('no') } },
  failedAndBilled: {
    costUsd: 0.002,
    isFailed: true,
    result: { isError: true, content: text('no'), structuredContent: { cost_usd: 0.002 } },
  },
};

export function createServer() {
  const server = new McpServer({ name: 'paid', version: '1.0.0' });
  for (const [name, { result, outputSchema }] of Object.entries(TOOLS)) {
    const config = { inputSchema: { query: z.string() }, ...(outputSchema && { outputSchema }) };
    server.registerTool(name, config, async () => result);
  }
  server.registerTool('throws', { inputSchema: { query: z.string() } }, async () => {
    throw new Error('boom');
  });
  return server;
}

if (process.argv[2] === 'stdio') await createServer().connect(new StdioServerTransport());

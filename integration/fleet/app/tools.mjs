/** A paid tool as a service: `node tools.mjs search` or `pages`. */
import { ActionResult, recordCost, wrapTool } from 'otel-agent-cost';
import { serve } from './http-service.mjs';

/** The bill depends on the query, and has more digits than a millionth of a dollar. */
const search = wrapTool(
  { name: 'web_search', billable: true },
  async (query) =>
    new ActionResult(`pages about ${query}`, { costUsd: 0.001 + query.length * 0.000_000_123_457 }),
);

const render = wrapTool({ name: 'render', costUsd: 0.000_333_333_333 }, async (about) => {
  recordCost(0.000_000_000_007, { kind: 'compute', name: 'seconds' });
  return `a page about ${about}`;
});

const TOOLS = {
  search: (path, { query, to }, response) =>
    path === '/redirect' ? response.writeHead(307, { location: to }).end() : search(query),
  pages: (_path, { about }) => render(about),
};

const [name] = process.argv.slice(2);
serve(name, TOOLS[name]);

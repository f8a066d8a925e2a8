/** Exports as files, sent in pieces as fast as the client takes them. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Exchange, Methods } from './exchange.js';
import type { Exports } from './options.js';
import { exploreQueryIn, taskQueryIn, windowIn } from './parameters.js';

const CSV = 'text/csv; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

export function downloadRoutes(exports: () => Promise<Exports>): Readonly<Record<string, Methods>> {
  const route = <T>(
    type: string,
    read: (search: URLSearchParams) => T,
    rows: (all: Exports, given: T) => AsyncIterable<string>,
  ): Methods => ({
    GET: async (exchange) => {
      const given = read(exchange.search);
      await sendPieces(exchange, type, rows(await exports(), given));
    },
  });
  return {
    '/api/tasks.csv': route(CSV, allRows(taskQueryIn), (all, query) => all.tasksCsv(query)),
    '/api/explore.csv': route(CSV, allRows(exploreQueryIn), (all, query) => all.exploreCsv(query)),
    '/api/focus.csv': route(CSV, windowIn, (all, window) => all.focusCsv(window)),
    '/api/spans.json': route(JSON_TYPE, windowIn, (all, window) => all.spansJson(window)),
  };
}

/** A file has the rows of all pages. */
function allRows<T extends { limit?: number; offset?: number }>(read: (search: URLSearchParams) => T) {
  return (search: URLSearchParams): T => {
    const { limit: _limit, offset: _offset, ...query } = read(search);
    return query as T;
  };
}

async function sendPieces(
  { path, response }: Exchange,
  contentType: string,
  pieces: AsyncIterable<string>,
): Promise<void> {
  const iterator = pieces[Symbol.asyncIterator]();
  // A query that fails is answered as such. Later the status is on its way, and the connection is cut.
  const first = await iterator.next();
  const name = path.slice(path.lastIndexOf('/') + 1);
  response.writeHead(200, {
    'content-type': contentType,
    'content-disposition': `attachment; filename="agent-cost-${name}"`,
  });
  await pipeline(Readable.from(rest(first, iterator)), response);
}

async function* rest(first: IteratorResult<string>, iterator: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    for (let next = first; !next.done; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

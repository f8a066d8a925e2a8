/** Requests that change something. They need the token that only the page has. */
import { randomBytes } from 'node:crypto';
import { type Handler, type Methods, sendJson } from './exchange.js';
import { isSameSecret } from './guards.js';
import { HttpError } from './http-error.js';
import type { ServerOptions } from './options.js';
import { beforeIn, noParametersIn } from './parameters.js';
import type { Receiver } from './receive.js';

const PAGE_TOKEN_HEADER = 'x-agent-cost-token';

export function newPageToken(): string {
  return randomBytes(32).toString('base64url');
}

export function actionRoutes(
  { demo, deleteSpans }: Pick<ServerOptions, 'demo' | 'deleteSpans'>,
  receiver: Receiver,
  pageToken: string,
): Readonly<Record<string, Methods>> {
  const route = (handler: Handler): Methods => ({
    POST(exchange) {
      const given = exchange.request.headers[PAGE_TOKEN_HEADER];
      if (typeof given === 'string' && isSameSecret(given, pageToken)) return handler(exchange);
      throw new HttpError(403, `only the page of the viewer can do this: it sends ${PAGE_TOKEN_HEADER}`);
    },
  });
  return {
    '/api/demo': route(async ({ response, search }) => {
      noParametersIn(search);
      const state = demo?.state() ?? 'unavailable';
      if (state === 'running') throw new HttpError(409, 'the demo is running already');
      if (demo === undefined || state === 'unavailable') throw new HttpError(409, 'there is no demo here');
      await demo.start();
      sendJson(response, { demo: 'running' }, 202);
    }),
    '/api/delete': route(async ({ response, search }) => {
      const deletedSpans = await deleteSpans(beforeIn(search));
      sendJson(response, { deletedSpans });
    }),
    // A file with an OTLP request, such as an export of spans.
    '/api/import': route((exchange) => receiver.receive(exchange)),
  };
}

/** The questions of the page, answered as JSON. */
import type { Questions } from '../api.js';
import { type Methods, sendJson } from './exchange.js';
import { HttpError } from './http-error.js';
import {
  distributionIn,
  exploreQueryIn,
  noParametersIn,
  spanIn,
  taskIdIn,
  taskQueryIn,
  windowIn,
} from './parameters.js';

export function questionRoutes(
  questions: () => Promise<Questions>,
  status: () => Promise<unknown>,
): Readonly<Record<string, Methods>> {
  /** Parameters are checked before anything waits for the store. An undefined answer is 404. */
  const route = <T>(
    read: (search: URLSearchParams) => T,
    ask: (all: Questions, given: T) => Promise<unknown>,
  ) => ({
    GET: async ({ response, search }: Parameters<NonNullable<Methods['GET']>>[0]) => {
      const given = read(search);
      const answer = await ask(await questions(), given);
      if (answer === undefined)
        throw new HttpError(
          404,
          'There is nothing with this id here. Its spans have not arrived, or have been deleted.',
        );
      sendJson(response, answer);
    },
  });
  return {
    '/api/status': {
      GET: async ({ response, search }) => {
        noParametersIn(search);
        sendJson(response, await status());
      },
    },
    '/api/overview': route(windowIn, (all, window) => all.overview(window)),
    '/api/tasks': route(taskQueryIn, (all, query) => all.tasks(query)),
    '/api/distribution': route(distributionIn, (all, { window, name }) => all.distribution(window, name)),
    '/api/opportunities': route(windowIn, (all, window) => all.opportunities(window)),
    '/api/task': route(taskIdIn, (all, id) => all.task(id)),
    '/api/arithmetic': route(spanIn, (all, { traceId, spanId }) => all.arithmetic(traceId, spanId)),
    '/api/explore': route(exploreQueryIn, (all, query) => all.explore(query)),
  };
}

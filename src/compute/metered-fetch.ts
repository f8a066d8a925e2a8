import { type AnyFunction, inPlaceOf } from '../results/in-place-of.js';
import { currentRuntime } from '../runtime/current-runtime.js';
import { expectBoolean, expectFunction, expectKnownKeys, expectRecord, isRecord } from '../validate.js';
import { ApiCall } from './api-call.js';
import { type ApiFees, compileFees, findRoute, type Route } from './api-fees.js';
import { requestBytes } from './body-size.js';
import { readEndpoint } from './endpoint.js';

/** Options of `meteredFetch`. */
export interface MeteredFetchOptions {
  /** Fees by host and route. Default: none, so that requests have no cost. */
  fees?: ApiFees | undefined;
  /** Records the names of the query's parameters, never their values. Default false. */
  parameterNames?: boolean | undefined;
}

/**
 * A `fetch` whose requests are spans with method, host, templated path, status, sizes and, if a fee is declared,
 * their cost. It returns the original response and throws the errors of `fetch`. Ids, e-mail addresses and tokens
 * in the path become `{id}`; headers, bodies and the values of the query are not recorded. Throws
 * `InvalidOptionError` for invalid options.
 */
export function meteredFetch<F extends AnyFunction>(fetch: F, options: MeteredFetchOptions = {}): F {
  expectFunction('meteredFetch fetch', fetch);
  const given = expectRecord('meteredFetch options', options);
  expectKnownKeys('meteredFetch options', given, ['fees', 'parameterNames']);
  const routes = compileFees('meteredFetch options.fees', given.fees ?? {});
  const recordsParameterNames =
    given.parameterNames !== undefined &&
    expectBoolean('meteredFetch options.parameterNames', given.parameterNames);
  return inPlaceOf(fetch, function (this: unknown, ...args: unknown[]): unknown {
    const call = open(args, routes, recordsParameterNames);
    const ask = () => Reflect.apply(fetch, this, args);
    return call === undefined ? ask() : follow(call, ask);
  });
}

function open(
  args: readonly unknown[],
  routes: readonly Route[],
  recordsParameterNames: boolean,
): ApiCall | undefined {
  let call: ApiCall | undefined;
  currentRuntime().guard(() => {
    const [input, init] = args;
    const endpoint = readEndpoint(input, init);
    const route = findRoute(routes, endpoint);
    call = new ApiCall({ endpoint, route, bytes: requestBytes(input, init), recordsParameterNames });
  });
  return call;
}

function follow(call: ApiCall, ask: () => unknown): unknown {
  let answer: unknown;
  try {
    answer = call.enter(ask);
  } catch (error) {
    call.threw(error);
    throw error;
  }
  if (!(answer instanceof Promise)) {
    call.returned(answer);
    return answer;
  }
  return answer.then(
    (response: unknown) => {
      if (isResponse(response)) call.answered(response);
      else call.returned(response);
      return response;
    },
    (error: unknown) => {
      call.threw(error);
      throw error;
    },
  );
}

/** A mock `fetch` may return anything. */
function isResponse(value: unknown): value is Response {
  return isRecord(value) && typeof value.status === 'number' && isRecord(value.headers);
}

/** The prices of requests by host and route. */

import { InvalidOptionError } from '../errors.js';
import { MAX_POST_USD } from '../money.js';
import { expectKnownKeys, expectNumber, expectRecord } from '../validate.js';
import type { Endpoint } from './endpoint.js';

/** The fee of a request. Amounts are in USD, from 0 to 1,000,000. */
export interface ApiFee {
  /**
   * USD for one request. A number is billed for each answered request, except those refused by their status (400,
   * 401, 403, 404, 429, …). A function is called with each response, must leave its body unread, and returns the
   * amount due.
   */
  callUsd?: number | ((response: Response) => number) | undefined;
  /** USD for one GiB (2^30 bytes) of request bodies. */
  sentGibUsd?: number | undefined;
  /** USD for one GiB of response bodies. */
  receivedGibUsd?: number | undefined;
}

/**
 * Fees by `host`, `host/path` or `METHOD host/path`. In a path, `{name}` matches any one segment, and a `*` as the
 * last segment matches any rest. A host without a port matches every port. The most specific route wins; of equally
 * specific ones, the first.
 */
export type ApiFees = Readonly<Record<string, number | ApiFee>>;

export interface Route {
  readonly method: string | undefined;
  readonly host: string;
  /** Undefined when any path matches. */
  readonly segments: readonly string[] | undefined;
  /** True if any rest of the path matches. */
  readonly isOpen: boolean;
  readonly fee: ApiFee;
}

const KEY = /^(?:([A-Za-z]+) )?([^\s/]+)(?:\/(\S*))?$/;
const PLACEHOLDER = /^\{[^{}]*\}$/;

/** Checked routes, the most specific first. Throws {@link InvalidOptionError}. */
export function compileFees(option: string, value: unknown): readonly Route[] {
  const routes = Object.entries(expectRecord(option, value)).map(([key, fee]) =>
    compile(`${option}.${key}`, key, fee),
  );
  return routes.sort((a, b) => specificity(b) - specificity(a));
}

function compile(option: string, key: string, value: unknown): Route {
  const [, method, host, path] = KEY.exec(key) ?? [];
  if (host === undefined || host.endsWith(':'))
    throw new InvalidOptionError(option, key, 'a fee by "host", "host/path" or "METHOD host/path"');
  const segments = path?.split('/');
  const isOpen = segments?.at(-1) === '*';
  return {
    method: method?.toUpperCase(),
    host: host.toLowerCase(),
    segments: isOpen ? segments?.slice(0, -1) : segments,
    isOpen,
    fee: readFee(option, value),
  };
}

function readFee(option: string, value: unknown): ApiFee {
  if (typeof value === 'number') return { callUsd: expectNumber(option, value, 0, MAX_POST_USD) };
  const given = expectRecord(option, value);
  expectKnownKeys(option, given, ['callUsd', 'sentGibUsd', 'receivedGibUsd']);
  const fee: ApiFee = {};
  const { callUsd } = given;
  if (isCostFunction(callUsd)) fee.callUsd = callUsd;
  else if (callUsd !== undefined) fee.callUsd = expectNumber(`${option}.callUsd`, callUsd, 0, MAX_POST_USD);
  for (const key of ['sentGibUsd', 'receivedGibUsd'] as const) {
    if (given[key] !== undefined) fee[key] = expectNumber(`${option}.${key}`, given[key], 0, MAX_POST_USD);
  }
  return fee;
}

/** The returned amount is checked at the call. */
function isCostFunction(value: unknown): value is (response: Response) => number {
  return typeof value === 'function';
}

/** Longer paths come first; of those, paths with fewer placeholders, without a `*`, and with a method. */
function specificity({ method, segments, isOpen }: Route): number {
  const literals = segments?.filter((segment) => !PLACEHOLDER.test(segment)).length ?? 0;
  const path = segments === undefined ? 0 : 1 + segments.length + literals;
  return path * 4 + (isOpen ? 0 : 2) + (method === undefined ? 0 : 1);
}

export function findRoute(routes: readonly Route[], endpoint: Endpoint): Route | undefined {
  return routes.find(
    (route) =>
      isOfHost(route, endpoint) &&
      (route.method === undefined || route.method === endpoint.method) &&
      matches(route, endpoint.segments),
  );
}

const PORT = /:\d+$/;

function isOfHost({ host }: Route, endpoint: Endpoint): boolean {
  return host === (PORT.test(host) ? endpoint.host : endpoint.host?.replace(PORT, ''));
}

function matches({ segments, isOpen }: Route, asked: readonly string[]): boolean {
  if (segments === undefined) return true;
  if (isOpen ? asked.length < segments.length : asked.length !== segments.length) return false;
  return segments.every((segment, index) => segment === asked[index] || PLACEHOLDER.test(segment));
}

import { describe, expect, it } from 'vitest';
import { type ApiFees, compileFees, findRoute } from '../../src/compute/api-fees.js';
import { readEndpoint } from '../../src/compute/endpoint.js';

function feeOf(fees: ApiFees, url: string, method = 'GET'): unknown {
  return findRoute(compileFees('fees', fees), readEndpoint(url, { method }))?.fee.callUsd;
}

describe('the fee of a request', () => {
  const fees: ApiFees = {
    'api.example.com': 1,
    'api.example.com/v1/*': 2,
    'api.example.com/v1/users/{id}': 3,
    'POST api.example.com/v1/users/{id}': 4,
    'api.example.com/v1/users/me': 5,
    'api.example.com/v1/users/{id}/*': 6,
    'other.example.com:8443/': 7,
  };

  it.each([
    ['https://api.example.com/', 'GET', 1],
    ['https://API.example.com/v2/users', 'GET', 1],
    ['https://api.example.com/v1/search', 'GET', 2],
    ['https://api.example.com/v1/users/42', 'GET', 3],
    ['https://api.example.com/v1/users/42?x=1', 'POST', 4],
    ['https://api.example.com/v1/users/me', 'POST', 5],
    ['https://api.example.com/v1/users/42/orders', 'GET', 6],
    ['https://other.example.com:8443/', 'GET', 7],
    ['https://other.example.com/', 'GET', undefined],
    ['https://other.example.com:8443/deeper', 'GET', undefined],
    ['https://api.example.com.evil.com/', 'GET', undefined],
    ['not an address', 'GET', undefined],
  ])('to %s by %s is that of the route that names most of it', (url, method, fee) => {
    expect(feeOf(fees, url, method)).toBe(fee);
  });

  it.each([
    [{ 'https://api.example.com/v1': 1 }, /"fees.https:.*must be a fee by "host"/],
    [{ '': 1 }, /must be a fee by "host"/],
    [{ host: -1 }, /"fees.host" must be a number from 0/],
    [{ host: Number.NaN }, /"fees.host" must be a number from 0/],
    [{ host: '1' }, /"fees.host" must be an object/],
    [{ host: { callUSD: 1 } }, /unknown option "fees.host.callUSD"; did you mean/],
    [{ host: { sentGibUsd: -1 } }, /"fees.host.sentGibUsd" must be a number/],
    [[], /"fees" must be an object, got an array/],
  ])('refuses %j', (given, message) => {
    expect(() => compileFees('fees', given)).toThrow(message);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEndpoint, templatePath } from '../../src/compute/endpoint.js';

const pathOf = (path: string) =>
  templatePath(readEndpoint(`https://api.example.com${path}`, undefined).segments);

describe('a templated path', () => {
  it.each([
    ['/', '/'],
    ['/v1/chat/completions', '/v1/chat/completions'],
    ['/v1beta/search', '/v1beta/search'],
    ['/oauth2/token', '/oauth2/token'],
    ['/rest.php/v1/search/page', '/rest.php/v1/search/page'],
    ['/.well-known/openid-configuration', '/.well-known/openid-configuration'],
    ['/users/sendMessage', '/users/sendMessage'],
    ['/twirp/example.Haberdasher/MakeHat', '/twirp/{id}/MakeHat'],
    ['/users/42', '/users/{id}'],
    ['/users/42/orders/7/', '/users/{id}/orders/{id}/'],
    ['/files/123e4567-e89b-12d3-a456-426614174000', '/files/{id}'],
    ['/by-mail/ada@example.com', '/by-mail/{id}'],
    ['/by-mail/ada%40example.com', '/by-mail/{id}'],
    ['/t/QWxhZGRpbjpvcGVuIHNlc2FtZQ', '/t/{id}'],
    ['/commits/deadbeef', '/commits/{id}'],
    ['/customers/cus_9s6XKzkNRiz8i3', '/customers/{id}'],
    ['/bot123456:ABC-DEF1234ghIkl/sendMessage', '/{id}/sendMessage'],
    ['/v1beta/models/gemini-2.5-pro:generateContent', '/v1beta/models/{id}:generateContent'],
    ['/keys/xkqjzhwvbnmplkjhgfdsqrtz', '/keys/{id}'],
    ['/keys/bqKdTzPwRs', '/keys/{id}'],
    ['/2024/06/01', '/{id}/{id}/{id}'],
  ])('of %s is %s', (path, template) => {
    expect(pathOf(path)).toBe(template);
  });

  it('holds no part of an id', () => {
    const id = fc.oneof(
      fc.uuid(),
      fc.integer({ min: 0 }).map(String),
      fc.emailAddress().filter((mail) => !mail.includes('/') && !/[?#\\]/.test(mail)),
      fc.stringMatching(/^sk-[A-Za-z0-9]{20,48}$/).filter((key) => /\d/.test(key)),
      fc.stringMatching(/^[0-9a-f]{16,64}$/),
    );
    fc.assert(
      fc.property(id, (secret) => {
        expect(pathOf(`/v1/things/${secret}/parts`)).toBe('/v1/things/{id}/parts');
      }),
    );
  });

  it('has an end', () => {
    expect(pathOf('/a'.repeat(100))).toBe(`${'/a'.repeat(16)}/…`);
  });
});

describe('an endpoint', () => {
  it('is read from a string, a URL and a Request', () => {
    const expected = { method: 'POST', host: 'api.example.com:8443', segments: ['v1', 'search'] };
    const url = 'https://user:secret@api.example.com:8443/v1/search?q=who&q=else#part';
    expect(readEndpoint(url, { method: 'post' })).toMatchObject(expected);
    expect(readEndpoint(new URL(url), { method: 'POST' })).toMatchObject(expected);
    const request = new Request('https://api.example.com:8443/v1/search', { method: 'POST' });
    expect(readEndpoint(request, undefined)).toMatchObject(expected);
    expect(readEndpoint(request, { method: 'GET' }).method).toBe('GET');
  });

  it('has the names of parameters, without values and without what may be a secret', () => {
    const { parameterNames } = readEndpoint('https://h/p?q=secret&api_key=k&sk-12345678=&42=1', undefined);
    expect(parameterNames).toEqual(['api_key', 'q', '{id}']);
  });

  it.each([
    ['a relative path', '/v1/search', undefined],
    ['nothing', undefined, undefined],
    [
      'an object that throws',
      {
        get url(): string {
          throw new Error('no');
        },
      },
      undefined,
    ],
    ['a method that HTTP does not know', 'https://h/p', { method: 'ada@example.com' }],
  ])('of %s does not throw', (_what, input, init) => {
    expect(readEndpoint(input, init).method).toMatch(/^GET$|^_OTHER$/);
  });
});

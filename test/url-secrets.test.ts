import { describe, expect, it } from 'vitest';
import { shownMessage, withoutSecrets } from '../src/url-secrets.js';

describe('the URLs in a message', () => {
  it.each([
    ['https://user:password@host:4318/v1/traces', 'https://…@host:4318/v1/traces'],
    ['https://token@host', 'https://…@host'],
    // A password may have any character, also ones that should have been encoded.
    ['https://user:pa/ss?w#o@rd@host/v1/traces', 'https://…@host/v1/traces'],
    ['http://host/v1/traces?api_key=secret&x=1', 'http://host/v1/traces?…'],
    ['http://host/v1/traces#secret', 'http://host/v1/traces?…'],
    ['https://ingest.example.com/s3cr3t/v1/traces', 'https://ingest.example.com/…/v1/traces'],
    ['https://example.com/secret-token', 'https://example.com/…'],
    ['http://[::1]:4318/v1/metrics', 'http://[::1]:4318/v1/metrics'],
    ['http://localhost:4318', 'http://localhost:4318'],
    ['http://user:password', 'http://user:…'],
    ['http://host:1:password/v1', 'http://host:…/v1'],
  ])('%s', (url, shown) => {
    expect(withoutSecrets(url)).toBe(shown);
    expect(withoutSecrets(`request to ${url}, reason: "${url}": no.`)).toBe(
      `request to ${shown}, reason: "${shown}": no.`,
    );
  });

  it('are left alone where there are none', () => {
    const message = 'a://, b@c, "key=value" and /v1/secret';
    expect(withoutSecrets(message)).toBe(message);
  });

  it('do not show a password that stands at the cut of a long message', () => {
    for (let lead = 0; lead < 10_200; lead += 17) {
      const message = `${'word '.repeat(lead / 5)}https://user:${'password'.repeat(20)}@host/`;
      expect(shownMessage(message)).not.toContain('password');
    }
    expect(shownMessage(`https://user:${'password'.repeat(5_000)}@host/`)).not.toContain('password');
  });
});

/** Keeps the secrets of the OTLP settings out of everything that `register` prints. */

import { inspect } from 'node:util';
import type { DiagLogger } from '@opentelemetry/api';
import { printableUrl, withoutSecrets } from '../url-secrets.js';

const ENDPOINT = /^OTEL_EXPORTER_OTLP_(?:\w+_)?ENDPOINT$/;
const HEADERS = /^OTEL_EXPORTER_OTLP_(?:\w+_)?HEADERS$/;

/** A shorter value is not a secret, and hiding it would garble the message. */
const MIN_SECRET_CHARS = 4;

/** The printable form of an endpoint, even of one that is not a URL. A word without a dot or a port may be a token. */
export function endpointText(endpoint: string): string {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(endpoint.trim()) ?? [];
  const shown = printableUrl(rest);
  const isHost = /^(?:…@|localhost|[^/?#]*[.:])/.test(shown);
  return scheme !== '' || isHost ? scheme + shown : '…';
}

/**
 * A message without passwords and tokens: neither those in its URLs nor those of the OTLP settings, wherever they
 * occur.
 */
export function printable(message: string): string {
  let text = withoutSecrets(message);
  for (const secret of secretsOf(process.env)) text = text.replaceAll(secret, '…');
  return text;
}

/** A logger that prints nothing secret: exporters and the SDK log URLs, and errors that contain headers. */
export function printableLogger(logger: DiagLogger): DiagLogger {
  const shown = (args: readonly unknown[]) =>
    args.map((arg) => printable(typeof arg === 'string' ? arg : inspect(arg)));
  return {
    error: (message, ...args) => logger.error(printable(message), ...shown(args)),
    warn: (message, ...args) => logger.warn(printable(message), ...shown(args)),
    info: (message, ...args) => logger.info(printable(message), ...shown(args)),
    debug: (message, ...args) => logger.debug(printable(message), ...shown(args)),
    verbose: (message, ...args) => logger.verbose(printable(message), ...shown(args)),
  };
}

/** Longest first, so that a part of a secret does not hide the rest of it. */
function secretsOf(env: NodeJS.ProcessEnv): string[] {
  const secrets: string[] = [];
  for (const [name, value = ''] of Object.entries(env)) {
    if (ENDPOINT.test(name)) secrets.push(...secretsInUrl(value));
    if (HEADERS.test(name)) secrets.push(...secretsInHeaders(value));
  }
  return secrets
    .flatMap((secret) => [secret, decoded(secret)])
    .filter((secret) => secret.length >= MIN_SECRET_CHARS)
    .sort((a, b) => b.length - a.length);
}

function secretsInUrl(url: string): string[] {
  const rest = url.trim().replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
  const at = rest.lastIndexOf('@');
  const user = at < 0 ? '' : rest.slice(0, at);
  // Basic authentication sends both in base64.
  const encoded = user === '' ? '' : Buffer.from(decoded(user)).toString('base64');
  const colon = user.indexOf(':');
  const password = colon < 0 ? user : user.slice(colon + 1);
  const [path = '', query = ''] = rest.slice(at + 1).split(/[?#](.*)/s);
  const segments = path.split('/').slice(1);
  const values = query.split('&').map((pair) => pair.slice(pair.indexOf('=') + 1));
  return [
    user,
    password,
    encoded,
    ...segments.filter((segment) => printableUrl(`/${segment}`) === '/…'),
    ...values,
  ];
}

function secretsInHeaders(headers: string): string[] {
  return headers.split(',').flatMap((pair) => {
    const value = decoded(pair.slice(pair.indexOf('=') + 1).trim());
    // `Bearer <token>`.
    return [value, value.slice(value.lastIndexOf(' ') + 1)];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

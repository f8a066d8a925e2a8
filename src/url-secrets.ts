/** Removes passwords and tokens from the URLs in a string. Every string that is printed or written goes through it. */
import { MAX_MESSAGE_CHARS, shortText } from './short-text.js';

/** A URL ends at white space or at a quote. The scheme is bounded, so that the search stays linear. */
const URLS = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)([^\s"'`<>]+)/gi;

/** Path segments that are shown. Any other one may be a token, as in `https://ingest.example/<token>/v1/traces`. */
const PATH_WORDS = /^(?:v\d\w{0,5}|api|otlp|traces|metrics|logs|chat|completions|responses|messages)?$/;

/** `https://user:password@host/v1/<token>?key=<token>` becomes `https://…@host/v1/…?…`. */
export function withoutSecrets(text: string): string {
  return text.includes('://')
    ? text.replace(URLS, (_, scheme: string, rest: string) => scheme + printableUrl(rest))
    : text;
}

/** A URL without its scheme, without user, password, query and unknown path segments. */
export function printableUrl(url: string): string {
  const [end = ''] = /[.,:;!)}]{0,9}$/.exec(url) ?? [];
  // A password may have any character, so everything up to the last `@` may be part of it.
  const at = url.lastIndexOf('@');
  const [, host = '', path = '', query = ''] =
    /^([^/?#]*)([^?#]*)(.*)$/s.exec(url.slice(at + 1, url.length - end.length)) ?? [];
  const shown = path.split('/').map((segment) => (PATH_WORDS.test(segment) ? segment : '…'));
  return `${at < 0 ? '' : '…@'}${hostText(host)}${shown.join('/')}${query === '' ? '' : '?…'}${end}`;
}

/** Anything but digits in the place of a port may be a password, as in `https://user:password`. */
function hostText(host: string): string {
  const [, name = '', port = ''] = /^(\[[^\]]*\]|[^:]*)(.*)$/s.exec(host) ?? [];
  return name + (/^(?::\d*)?$/.test(port) ? port : ':…');
}

/** The longest message that is searched for URLs, in characters. */
const MAX_SEARCHED_CHARS = 10_000;

/** A message of the app or of a library, as it is shown: without secrets, and at most 500 characters. */
export function shownMessage(message: string): string {
  // A URL at the cut may have lost the `@` that separates a password from a host.
  const isCut = message.length > MAX_SEARCHED_CHARS;
  const head = isCut ? message.slice(0, message.lastIndexOf(' ', MAX_SEARCHED_CHARS) + 1) : message;
  return shortText(withoutSecrets(head), MAX_MESSAGE_CHARS);
}

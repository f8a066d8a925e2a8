/** The token of a viewer that other machines can reach: by header, or by a cookie that the sign-in page sets. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type BodyLimits, withBody } from './body.js';
import { type Exchange, type Methods, send } from './exchange.js';
import { isSameSecret } from './guards.js';
import { HttpError } from './http-error.js';

const MIN_TOKEN_LENGTH = 16;
/** Of the form with the token. */
const MAX_FORM_BYTES = 4_096;

export class SignIn {
  readonly #token: string;
  /** The cookie has a secret of its own, of this start. */
  readonly #secret = randomBytes(32).toString('hex');
  readonly #cookie: string;
  readonly #limits: BodyLimits;

  /** Cookies are sent to all ports of a host: the name has this one. */
  constructor(token: string, port: number, limits: BodyLimits) {
    this.#token = token;
    this.#cookie = `agent-cost-${port}`;
    this.#limits = { ...limits, maxBytes: MAX_FORM_BYTES };
  }

  static readonly path = '/sign-in';

  /** Of the form. It has nothing to hide. */
  static readonly stylePath = '/sign-in.css';

  /** The requests that need no token, by path. */
  readonly routes: ReadonlyMap<string, Methods> = new Map([
    [SignIn.path, { POST: (exchange) => this.#signIn(exchange) }],
    [SignIn.stylePath, { GET: ({ response }) => send(response, 200, 'text/css; charset=utf-8', STYLE) }],
  ]);

  isSigned({ headers }: IncomingMessage): boolean {
    const [, bearer] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
    if (bearer !== undefined) return isSameSecret(bearer, this.#token);
    const cookies = (headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
    const own = cookies.find((cookie) => cookie.startsWith(`${this.#cookie}=`));
    return own !== undefined && isSameSecret(own.slice(this.#cookie.length + 1), this.#secret);
  }

  async #signIn(exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    if (request.headers['content-type']?.toLowerCase() !== 'application/x-www-form-urlencoded') {
      throw new HttpError(415, 'the sign-in form is sent as application/x-www-form-urlencoded');
    }
    await withBody(exchange, this.#limits, (body) => {
      const given = new URLSearchParams(body.toString('utf8')).get('token') ?? '';
      if (!isSameSecret(given, this.#token)) return sendForm(exchange, 'This is not the token.');
      const cookie = `${this.#cookie}=${this.#secret}; HttpOnly; SameSite=Strict; Path=/`;
      send(response, 303, 'text/plain; charset=utf-8', '', { location: '/', 'set-cookie': cookie });
    });
  }

  /** Pages get the form, others a message. */
  refuse(exchange: Exchange): void {
    const { request, path } = exchange;
    const isPage = !path.startsWith('/api/') && !path.startsWith('/v1/') && request.method === 'GET';
    if (!isPage || !request.headers.accept?.includes('text/html')) {
      throw new HttpError(401, 'a token is needed: send "Authorization: Bearer <token>"', CHALLENGE);
    }
    sendForm(exchange, '');
  }
}

const CHALLENGE = { 'www-authenticate': 'Bearer realm="otel-agent-cost-cli"' };

const STYLE = `body { margin: 0; font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 24rem; margin: 15vh auto 0; padding: 0 1rem; }
h1 { font-size: 1.25rem; }
label { display: block; }
input { box-sizing: border-box; width: 100%; margin: 0.25rem 0 0.75rem; padding: 0.5rem; font: inherit; }
button { padding: 0.5rem 1rem; font: inherit; }
[role='alert'] { font-weight: bold; }
`;

/** `problem` is text of our own, never of the request. */
function sendForm({ response }: Exchange, problem: string): void {
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sign in – Agent cost</title>
<link rel="stylesheet" href="${SignIn.stylePath}">
<main>
<h1>Agent cost</h1>
<p>Enter the token that this viewer was started with.</p>
${problem === '' ? '' : `<p role="alert">${problem}</p>\n`}<form method="post" action="${SignIn.path}">
<label>Token <input type="password" name="token" autocomplete="current-password" required autofocus></label>
<button>Sign in</button>
</form>
</main>
</html>
`;
  send(response, 401, 'text/html; charset=utf-8', html, CHALLENGE);
}

/** Throws when the token is too short to be one. */
export function checkToken(token: string): void {
  if (token.length >= MIN_TOKEN_LENGTH && !/\s/.test(token)) return;
  throw new Error(`the token must have at least ${MIN_TOKEN_LENGTH} characters and no white space`);
}

/** The built page: the files of one folder, read at the start. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { type Exchange, type Methods, send } from './exchange.js';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/** Vite puts a hash of the content into the names of these. */
const HASHED = /^\/assets\/.+-[\w-]{8}\.\w+$/;
const FOREVER = { 'cache-control': 'public, max-age=31536000, immutable' };

const TOKEN_PLACE = '__TOKEN__';

/** A route for each file; only these can be asked for. The HTML gets the token, for the requests that change something. */
export async function pageRoutes(
  folder: string,
  pageToken: string,
): Promise<Readonly<Record<string, Methods>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const routes: Record<string, Methods> = {};
  const files = entries.filter((entry) => entry.isFile());
  await Promise.all(
    files.map(async ({ name, parentPath }) => {
      const file = join(parentPath, name);
      const type = CONTENT_TYPES[extname(name)];
      if (type === undefined) return;
      const path = `/${file.slice(join(folder, sep).length).replaceAll(sep, '/')}`;
      const content = await readFile(file);
      if (path === '/index.html') routes['/'] = fileRoute(type, withToken(content, pageToken));
      else routes[path] = fileRoute(type, content, HASHED.test(path) ? FOREVER : {});
    }),
  );
  if (routes['/'] === undefined)
    throw new Error(`the page is not built: there is no index.html in ${folder}`);
  return routes;
}

function withToken(html: Buffer, pageToken: string): Buffer {
  const text = html.toString('utf8');
  if (text.includes(TOKEN_PLACE)) return Buffer.from(text.replace(TOKEN_PLACE, pageToken));
  throw new Error(`index.html has no <meta name="agent-cost-token" content="${TOKEN_PLACE}">`);
}

function fileRoute(type: string, content: Buffer, headers: Readonly<Record<string, string>> = {}): Methods {
  // Node.js leaves out the body of the answer to HEAD.
  const answer = ({ response }: Exchange) => send(response, 200, type, content, headers);
  return { GET: answer, HEAD: answer };
}

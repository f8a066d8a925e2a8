/** A service that answers JSON to JSON. Each request is a task: a part of the caller's task, if the caller is trusted. */
import { createServer } from 'node:http';
import { withTask } from 'otel-agent-cost';
import { extract, inject } from 'otel-agent-cost/shared';
import { endWith, SERVICES } from './installation.mjs';

/** Starts the service `name`. `handle` gets the path and the body of a request, and may answer itself. */
export function serve(name, handle) {
  listen(name, async (request, response) => {
    const caller = extract(request.headers, { from: request });
    const body = await readJson(request);
    const answer = await withTask({ name, caller }, () => handle(request.url, body, response));
    if (!response.headersSent) response.end(JSON.stringify(answer ?? null));
  });
}

/** Listens where the others look for the service. Says so to the process that started it. */
export function listen(name, handle) {
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  server.listen(new URL(SERVICES[name]).port, '127.0.0.1', () => console.log('ready'));
  endWith(() => {
    server.close();
    server.closeAllConnections();
  });
}

export async function readJson(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString());
}

/** Calls a service. The identity of the task goes with each request of `fetch`. */
export function ask(name, body, path = '/') {
  return post(new URL(path, SERVICES[name]), body);
}

/** The same with headers of the app's own, as a client without `fetch` needs them. */
export function askWithHeaders(name, body, path = '/') {
  const headers = {};
  inject(headers, { to: SERVICES[name] });
  return post(new URL(path, SERVICES[name]), body, headers);
}

export async function post(url, body, headers = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

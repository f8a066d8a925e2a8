/** A loopback server: the OTLP receiver that apps send to in JSON, and the model that their clients call. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { reply } from './apps/replies.mjs';

export async function startReceiver() {
  let requests = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      requests.push({ path: request.url, body: Buffer.concat(chunks).toString('utf8') });
      const isModel = request.url === '/model/chat/completions';
      response.setHeader('content-type', 'application/json');
      response.end(isModel ? JSON.stringify(await reply()) : '{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  const bodies = (path) =>
    requests.filter((request) => request.path === path).map(({ body }) => JSON.parse(body));

  return {
    url,
    modelUrl: `${url}/model`,
    spans: () => bodies('/v1/traces').flatMap(spansOf),
    /** Of the latest request: sums are cumulative. */
    metricSum: (name) => sumOf(bodies('/v1/metrics').at(-1), name),
    forget() {
      requests = [];
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function spansOf({ resourceSpans }) {
  return resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    .map((span) => ({ ...span, attributes: plain(span.attributes) }));
}

function plain(attributes) {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

function sumOf(request, name) {
  const scopes = request?.resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics) ?? [];
  const metric = scopes.flatMap(({ metrics }) => metrics).find((candidate) => candidate.name === name);
  return metric?.sum.dataPoints.reduce((sum, { asDouble, asInt }) => sum + Number(asDouble ?? asInt), 0);
}

/** A receiver of OTLP in JSON on loopback. */
import { createServer } from 'node:http';

/** @returns the URL, and `spans()`: those received, in the order they ended */
export async function startReceiver() {
  const spans = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { resourceSpans = [] } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const scopes = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans);
    spans.push(...scopes.flatMap((scope) => scope.spans.map((span) => flatSpan(span, scope.scope.name))));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{}');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    spans: () => spans.toSorted((span, other) => Number(span.ended - other.ended)),
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

function flatSpan({ name, traceId, startTimeUnixNano, endTimeUnixNano, attributes }, scope) {
  const values = Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));
  const [started, ended] = [startTimeUnixNano, endTimeUnixNano].map(BigInt);
  // What an instrumentation wrote is not told apart from what we added: the verdict looks for counts in both.
  return { name, scope, traceId, started, ended, attributes: values, raw: values };
}

function plain({ intValue, arrayValue, ...value }) {
  if (intValue !== undefined) return Number(intValue);
  if (arrayValue !== undefined) return (arrayValue.values ?? []).map(plain);
  return Object.values(value)[0];
}

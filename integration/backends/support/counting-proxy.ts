/** A proxy between an app and a collector that counts the spans which the collector accepted. */
import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listenOnLoopback } from './listen.js';
import { SpanTally } from './span-tally.js';

export interface CountingProxy {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  url: string;
  /** The spans of requests that the collector answered with success. */
  taken: SpanTally;
  close(): Promise<void>;
}

/** Hands every request to `targetUrl`. The app sees a collector that is away as a connection that breaks. */
export async function startCountingProxy(targetUrl: string): Promise<CountingProxy> {
  const taken = new SpanTally();
  const server = createServer(async (request, response) => {
    try {
      const body = await buffer(request);
      const answer = await fetch(`${targetUrl}${request.url}`, {
        method: 'POST',
        headers: headersOf(request),
        body,
      });
      const answerBody = Buffer.from(await answer.arrayBuffer());
      if (answer.ok) taken.add({ path: request.url ?? '', body });
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(answerBody);
    } catch {
      request.socket.destroy();
    }
  });
  const url = await listenOnLoopback(server);
  return {
    url,
    taken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Apps of the tests send JSON without compression. */
function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return { 'content-type': headers['content-type'] ?? '' };
}

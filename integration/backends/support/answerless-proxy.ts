/** Stands before a server, and loses its first answer to a request: what was asked for is done, and asked for again. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface AnswerlessProxy {
  url: string;
  /** The requests whose answer was lost so far, and those of them that came again and were answered. */
  lost(): number;
  repeated(): number;
  close(): Promise<void>;
}

/** Loses the first answer to each different body of the requests that `isMeant` by their path and query. */
export async function startAnswerlessProxy(
  targetUrl: string,
  isMeant: (path: string) => boolean,
): Promise<AnswerlessProxy> {
  const [lost, repeated] = [new Set<string>(), new Set<string>()];
  const server = createServer(async (request, response) => {
    const { url = '', socket } = request;
    try {
      const body = await buffer(request);
      const answer = await fetch(targetUrl + url, { method: 'POST', body });
      const answerBody = Buffer.from(await answer.arrayBuffer());
      const key = body.toString('base64');
      if (isMeant(url) && !lost.has(key)) {
        lost.add(key);
        socket.destroy();
        return;
      }
      if (lost.has(key) && answer.ok) repeated.add(key);
      response.writeHead(answer.status).end(answerBody);
    } catch {
      socket.destroy();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    lost: () => lost.size,
    repeated: () => repeated.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

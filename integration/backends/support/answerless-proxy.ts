/** A proxy that drops the first answer to each request: the server has done the work, and the client asks again. */
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listenOnLoopback } from './listen.js';

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
  const url = await listenOnLoopback(server);
  return {
    url,
    lost: () => lost.size,
    repeated: () => repeated.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A remote-write endpoint that answers as it is told to: what Prometheus does when it is not well. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP status, or no answer at all. */
export type Answer = number | 'never';

export interface RemoteWriteFake {
  /** Base address, like that of Prometheus. */
  readonly url: string;
  /** The bodies, as they came, with what was answered. */
  readonly requests: { body: string; answer: Answer }[];
  close(): Promise<void>;
}

/** Gives the answers one after the other, then success. */
export async function startRemoteWriteFake(answers: Answer[]): Promise<RemoteWriteFake> {
  const left = [...answers];
  const requests: RemoteWriteFake['requests'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = left.shift() ?? 204;
      requests.push({ body: Buffer.concat(chunks).toString('base64'), answer });
      if (answer !== 'never') response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

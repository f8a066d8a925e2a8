/** The HTTP server of the viewer: OTLP in, the page and its questions out. */
import { createServer, type Server } from 'node:http';
import { newPageToken } from './actions.js';
import { inAddress, isLoopback } from './guards.js';
import { DEFAULT_LIMITS, hasPage, type Limits, type ReceiverOptions, type ServerOptions } from './options.js';
import { pageRoutes } from './pages.js';
import { listenOnFreePort, type TakenPort } from './port.js';
import { checkToken } from './sign-in.js';
import { isGrpcPreface, refuseConnection, Viewer } from './viewer.js';

export interface ViewerServer {
  /** Where this machine reaches it, such as `http://127.0.0.1:4318`. */
  url: string;
  port: number;
  /** The wanted port, when another one is used. */
  taken: TakenPort | undefined;
  /** Ends all connections; requests in progress have two seconds. */
  close(): Promise<void>;
}

const DEFAULT_PORT = 4318;
const CLOSE_MILLIS = 2_000;

/**
 * Starts the viewer's server, or with `ReceiverOptions` one that only receives. Rejects when a fixed port is taken, the page
 * is not built, or other machines could ask without a token.
 */
export async function startServer(options: ServerOptions | ReceiverOptions): Promise<ViewerServer> {
  const { host = '127.0.0.1', port: wanted = DEFAULT_PORT, isPortFixed = false, token } = options;
  if (token !== undefined) checkToken(token);
  else if (!isLoopback(host)) throw new Error(`other machines can reach ${host}: a token is needed`);
  // They may fail while the page is read: requests are told, and `onError`.
  const parts = hasPage(options) ? [options.sink, options.questions, options.exports] : [options.sink];
  for (const part of parts) Promise.resolve(part).catch(() => {});
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const pageToken = newPageToken();
  const pages = hasPage(options) ? await pageRoutes(options.pageFolder, pageToken) : {};

  const server = createServer(timeouts(limits));
  server.maxConnections = limits.maxConnections;
  const { port, taken } = await listenOnFreePort(server, { host, port: wanted, isFixed: isPortFixed });
  const url = `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : inAddress(host)}:${port}`;
  const viewer = new Viewer(options, limits, { host, port, url, pageToken, pages });
  server.on('request', (request, response) => viewer.handle(request, response));
  // The body is asked for when it is wanted.
  server.on('checkContinue', (request, response) => viewer.handle(request, response));
  server.on('clientError', refuseConnection);
  tellOfGrpc(server, options);
  return { url, port, taken, close: () => closeAll(server, viewer) };
}

/** Clients of gRPC do not show the answer: it is told here, once. */
function tellOfGrpc(server: Server, { onError }: ReceiverOptions): void {
  const tell = (error: Error): void => {
    if (!isGrpcPreface(error)) return;
    server.off('clientError', tell);
    onError?.(
      new Error('an app sends OTLP over gRPC here: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf in it'),
    );
  };
  server.on('clientError', tell);
}

function timeouts({ headersTimeoutMillis, requestTimeoutMillis }: Limits) {
  return {
    headersTimeout: headersTimeoutMillis,
    requestTimeout: requestTimeoutMillis,
    // Exporters keep a connection from one batch to the next.
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: Math.min(2_000, headersTimeoutMillis / 2),
  };
}

async function closeAll(server: Server, viewer: Viewer): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  viewer.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MILLIS);
  await closed;
  clearTimeout(timer);
}

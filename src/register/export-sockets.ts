import { subscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { isRecord } from '../validate.js';
import { PACKAGE_NAME, PACKAGE_VERSION } from '../version.js';

/** Names this package in the requests of its exporters, in front of the exporter's own name. */
export const EXPORT_USER_AGENT = `${PACKAGE_NAME}/${PACKAGE_VERSION}`;

/**
 * Lets the process end while a request of an exporter is in flight, so that `beforeExit` begins the five seconds for
 * the rest at once, whatever the export timeout is. During a flush, a timer keeps the process alive.
 */
export function releaseExportSockets(): void {
  subscribe('http.client.request.start', (message) => {
    const request = isRecord(message) ? message.request : undefined;
    if (!(request instanceof ClientRequest)) return;
    const userAgent = request.getHeader('user-agent');
    if (typeof userAgent !== 'string' || !userAgent.startsWith(EXPORT_USER_AGENT)) return;
    // A request with a body starts when the body is complete, by then usually with a socket.
    if (request.socket) request.socket.unref();
    else request.once('socket', (socket: Socket) => socket.unref());
  });
}

/** `GET /api/live`: tells pages that something has changed, as server-sent events. */
import type { ServerResponse } from 'node:http';
import type { LiveChange } from '../api.js';
import type { Exchange } from './exchange.js';
import { tryAgain } from './http-error.js';

/** At most four events a second. */
const INTERVAL_MILLIS = 250;

/** Proxies end connections that are silent for a minute. */
const HEARTBEAT_MILLIS = 15_000;

/** A client that does not read is cut off: an event has some forty bytes. */
const MAX_UNREAD_BYTES = 16_384;

export class LiveChanges {
  readonly #clients = new Set<ServerResponse>();
  readonly #maxClients: number;
  readonly #heartbeat: NodeJS.Timeout;
  #pause: NodeJS.Timeout | undefined;
  #sequence = 0;
  /** Since the event before. */
  #spans = 0;

  constructor(maxClients: number) {
    this.#maxClients = maxClients;
    this.#heartbeat = setInterval(() => this.#write(':\n\n'), HEARTBEAT_MILLIS).unref();
  }

  /** So many spans were committed. The first event goes out at once, the following ones together after a pause. */
  add(spans: number): void {
    this.#sequence++;
    this.#spans += spans;
    if (this.#pause === undefined) this.#send();
  }

  #send(): void {
    const change: LiveChange = { sequence: this.#sequence, spans: this.#spans };
    this.#spans = 0;
    this.#write(eventOf(change));
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      if (this.#sequence !== change.sequence) this.#send();
    }, INTERVAL_MILLIS).unref();
  }

  /** The first event says where the sequence is. */
  open({ response }: Exchange): void {
    if (this.#clients.size >= this.#maxClients) {
      throw tryAgain(503, `${this.#maxClients} pages are open; close one of them`, 30);
    }
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.write(eventOf({ sequence: this.#sequence, spans: 0 }));
    this.#clients.add(response);
    response.on('error', () => {});
    response.once('close', () => this.#clients.delete(response));
  }

  #write(text: string): void {
    for (const client of this.#clients) {
      client.write(text);
      if (client.writableLength > MAX_UNREAD_BYTES) client.destroy();
    }
  }

  close(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#pause);
    for (const client of this.#clients) client.end();
    this.#clients.clear();
  }
}

function eventOf(change: LiveChange): string {
  return `data: ${JSON.stringify(change)}\n\n`;
}

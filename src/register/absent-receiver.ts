import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import { isRecord } from '../validate.js';

/** Errors of a connection that nobody accepts. */
const ABSENT_CODES: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** A failure within this time after the first is one of the same round of requests, not of a retry. In ms. */
const ROUND_MILLIS = 500;

const current = new AsyncLocalStorage<AbsentReceiver>();

/** Detects that nobody listens at an address, after one retry. Exporters would try further, and the exit would wait. */
export class AbsentReceiver {
  /** Resolves to the error of the second connection. */
  readonly gaveUp: Promise<Error>;
  private giveUp: (error: Error) => void = () => {};
  private firstMillis: number | undefined;

  constructor() {
    this.gaveUp = new Promise((resolve) => {
      this.giveUp = resolve;
    });
  }

  /** Calls a function whose requests, those of its retries too, go to the address. */
  watch(send: () => void): void {
    current.run(this, send);
  }

  failed(error: Error): void {
    if (!('code' in error) || !ABSENT_CODES.has(error.code)) return;
    this.firstMillis ??= performance.now();
    if (performance.now() - this.firstMillis > ROUND_MILLIS) this.giveUp(error);
  }
}

subscribe('http.client.request.start', (message) => {
  const request = isRecord(message) ? message.request : undefined;
  const receiver = current.getStore();
  if (receiver === undefined || !(request instanceof ClientRequest)) return;
  request.once('error', (error) => receiver.failed(error));
});

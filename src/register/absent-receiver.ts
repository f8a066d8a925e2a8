import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import { isRecord } from '../validate.js';

/** Errors of a connection that is not accepted. */
const ABSENT_CODES: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** A failure within this time after the first one belongs to the same round of requests, not to a retry. In ms. */
const ROUND_MILLIS = 500;

const current = new AsyncLocalStorage<AbsentReceiver>();

/**
 * Detects after one retry that no receiver listens at an address. Exporters would continue to retry, and the exit would
 * wait.
 */
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

  /** Calls a function whose requests, retries included, go to the address. */
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

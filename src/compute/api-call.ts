import { type Attributes, SpanKind } from '@opentelemetry/api';
import {
  HTTP_REQUEST_METHOD,
  HTTP_RESPONSE_STATUS_CODE,
  PARAMETER_NAMES,
  REQUEST_BODY_BYTES,
  RESPONSE_BODY_BYTES,
  SERVER_ADDRESS,
  URL_TEMPLATE,
} from '../attributes.js';
import { askAmount } from '../callback.js';
import { isPostableUsd, picoFromUsd } from '../money.js';
import { chargeMoney } from '../pipeline/charge.js';
import { markError } from '../pipeline/mark-error.js';
import { isRejection } from '../pipeline/rejection.js';
import type { StreamSink } from '../results/doors.js';
import { isObject } from '../results/patch.js';
import { isWebStream, watchWebStream } from '../results/web-stream.js';
import { endWait, keepWaiting, type WaitingForBody, waitForBody } from '../runtime/body-wait.js';
import { type Amount, Bill } from '../spans/bill.js';
import { Call, type Ending } from '../wrappers/call.js';
import type { Route } from './api-fees.js';
import { chunkBytes, responseBytes } from './body-size.js';
import { type Endpoint, templatePath } from './endpoint.js';
import { wasNeverSent } from './never-sent.js';
import { Transfer } from './transfer.js';

/** A body that has not been read for this long was probably dropped; a slow stream has chunks in between. */
const MAX_IDLE_MILLIS = 30_000;

export interface ApiRequest {
  readonly endpoint: Endpoint;
  readonly route: Route | undefined;
  /** The size of the request's body. Undefined when unknown. */
  readonly bytes: number | undefined;
  readonly recordsParameterNames: boolean;
}

/** One request of a metered `fetch`. Its fee is billed when the response arrives; its span ends with the body. */
export class ApiCall extends Call implements WaitingForBody {
  private readonly transfer: Transfer;
  private isAnswered = false;
  private isOver = false;

  constructor(private readonly request: ApiRequest) {
    super();
    const { endpoint, route, bytes } = request;
    this.begin(`${endpoint.method} ${pathOf(request)}`, SpanKind.CLIENT, attributesOf(request));
    this.transfer = new Transfer(
      this.runtime,
      this.record,
      this.span,
      endpoint.host ?? 'unknown',
      route?.fee,
      bytes,
    );
  }

  /** The response has arrived, but its body has not been read. */
  answered(response: Response): void {
    this.isAnswered = true;
    this.runtime.guard(() => {
      const { status } = response;
      this.runtime.guard(() => this.span.setAttribute(HTTP_RESPONSE_STATUS_CODE, status));
      if (status >= 400) markError(this.runtime, this.span, String(status), undefined);
      this.billFee(() => feeAmount(this.request.route, response));
      const bytes = responseBytes(response);
      if (bytes === undefined && this.follow(response.body)) return;
      if (bytes !== undefined) this.transfer.received = bytes;
      this.over(bytes !== undefined);
    });
    // Ends the span even if reading the response failed.
    if (!this.isOver && !this.transfer.isFollowed) this.over(false);
  }

  giveUpBody(): void {
    this.over(false);
  }

  protected settle(ending: Ending): void {
    const { error } = ending.how === 'threw' ? ending : { error: undefined };
    if (this.isAnswered || wasNeverSent(error)) return;
    this.billFee(() => ({ pico: undefined, status: 'unpriced', reason: 'no_result' }));
  }

  private billFee(amount: () => Amount): void {
    if (this.request.route?.fee.callUsd === undefined) return;
    const bill = new Bill('other', amount());
    if (bill.reason === 'bad_amount') this.runtime.stats.refusedAmounts += 1;
    chargeMoney(this.runtime, this.record, this.span, bill);
  }

  /** Counts the body while the app reads it. False when it cannot be followed. */
  private follow(body: unknown): boolean {
    if (!isObject(body) || !isWebStream(body) || !watchWebStream(body, this.bodySink())) return false;
    this.transfer.isFollowed = true;
    waitForBody(this, this.record, MAX_IDLE_MILLIS);
    return true;
  }

  private bodySink(): StreamSink {
    const end = (isWhole: boolean) => this.runtime.guard(() => this.over(isWhole));
    return {
      run: (step) => step(),
      chunk: (chunk) => {
        this.transfer.received += chunkBytes(chunk);
        keepWaiting(this);
      },
      returned: (value) => value,
      streamed: () => end(true),
      stopped: () => end(false),
      failed: () => end(false),
    };
  }

  /** Called when the body has been read or is no longer waited for. Called again if it is read later. */
  private over(isWhole: boolean): void {
    const { transfer, span } = this;
    endWait(this);
    if (isWhole && !this.isOver)
      this.runtime.guard(() => span.setAttribute(RESPONSE_BODY_BYTES, transfer.received));
    transfer.bill(isWhole);
    if (this.isOver) return;
    this.isOver = true;
    this.returned(undefined);
  }
}

function pathOf({ endpoint, route }: ApiRequest): string {
  if (route?.segments !== undefined && !route.isOpen) return `/${route.segments.join('/')}`;
  return templatePath(endpoint.segments);
}

function attributesOf(request: ApiRequest): Attributes {
  const { endpoint, bytes, recordsParameterNames } = request;
  const attributes: Attributes = { [HTTP_REQUEST_METHOD]: endpoint.method, [URL_TEMPLATE]: pathOf(request) };
  if (endpoint.host !== undefined) attributes[SERVER_ADDRESS] = endpoint.host;
  if (bytes !== undefined) attributes[REQUEST_BODY_BYTES] = bytes;
  if (recordsParameterNames && endpoint.parameterNames.length > 0)
    attributes[PARAMETER_NAMES] = [...endpoint.parameterNames];
  return attributes;
}

function feeAmount(route: Route | undefined, response: Response): Amount {
  const usd = feeUsd(route?.fee.callUsd, response);
  if (isPostableUsd(usd))
    return { pico: picoFromUsd(usd), source: 'declared', status: usd === 0 ? 'free' : undefined };
  const anomaly = `fee refused: ${typeof usd === 'number' ? usd : `a ${typeof usd}`}`;
  return { pico: undefined, status: 'unpriced', reason: 'bad_amount', anomaly };
}

function feeUsd(callUsd: NonNullable<Route['fee']>['callUsd'], response: Response): unknown {
  if (typeof callUsd !== 'function') return isRejection(response.status) ? 0 : callUsd;
  return askAmount(() => callUsd(response));
}

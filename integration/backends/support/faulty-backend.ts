/** A backend that goes away, in the ways in which backends do, and comes back on the same port. */
import { type Answer, type Receiver, startReceiver } from '../../../test/support/otlp-receiver.js';
import { freePorts } from './programs/ports.js';
import { SpanTally } from './span-tally.js';

/** Nobody listens; it takes requests and does not answer; an HTTP status. */
export type Conduct = 'refuses' | Exclude<Answer, object>;

const OK = 200;

/** What came is looked at so often, so that an outage of minutes does not fill this process's memory. */
const LOOK_MILLIS = 250;

export class FaultyBackend {
  /** What it took, that is answered with success. */
  readonly taken = new SpanTally();
  readonly url: string;
  #conduct: Conduct = 'refuses';
  #receiver: Receiver | undefined;
  readonly #timer: NodeJS.Timeout;

  private constructor(private readonly port: number) {
    this.url = `http://127.0.0.1:${port}`;
    this.#timer = setInterval(() => this.look(), LOOK_MILLIS);
  }

  static async start(): Promise<FaultyBackend> {
    const [port = 0] = await freePorts(1);
    const backend = new FaultyBackend(port);
    await backend.conduct(OK);
    return backend;
  }

  async conduct(conduct: Conduct): Promise<void> {
    this.look();
    await this.#receiver?.close();
    // What came while it closed.
    this.look();
    this.#conduct = conduct;
    this.#receiver =
      conduct === 'refuses' ? undefined : await startReceiver({ answer: conduct, port: this.port });
  }

  /** Tallies what came since. */
  look(): void {
    for (const request of this.#receiver?.requests.splice(0) ?? []) {
      if (this.#conduct === OK) this.taken.add(request);
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#receiver?.close();
  }
}

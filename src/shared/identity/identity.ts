/** The identity of session and task between processes: who gets it, and from whom it is believed. */
import type { Caller } from '../../caller.js';
import { type IdentityOptions, readIdentityOptions } from './identity-options.js';
import { IncomingIdentity } from './incoming-identity.js';
import {
  type ExtractOptions,
  type InjectOptions,
  ownIdentity,
  type ProcessIdentity,
  setOwnIdentity,
} from './inject.js';
import { OutgoingIdentity, type OwnCalls } from './outgoing-identity.js';
import { OutgoingRequests } from './outgoing-requests.js';

export class Identity implements ProcessIdentity {
  private readonly outgoing: OutgoingIdentity;
  private readonly incoming: IncomingIdentity;
  private readonly requests: OutgoingRequests | undefined;

  /** Throws `InvalidOptionError`, with a path below `identity`. */
  constructor(options: IdentityOptions | undefined, calls: OwnCalls) {
    const rules = readIdentityOptions(options);
    this.outgoing = new OutgoingIdentity(rules, calls);
    this.incoming = new IncomingIdentity(rules);
    this.requests = rules.sendTo.hasOrigins ? new OutgoingRequests(this.outgoing, rules.sendTo) : undefined;
  }

  /** Number of requests that went out without the identity because it did not fit. */
  get leftOut(): number {
    return this.outgoing.leftOut;
  }

  /** Number of identities that came in and were ignored. */
  get ignored(): number {
    return this.incoming.ignored;
  }

  /** Makes it the identity of the process, and adds it to requests of `fetch`. */
  start(): void {
    setOwnIdentity(this)?.stop();
    this.requests?.start();
  }

  stop(): void {
    this.requests?.stop();
    if (ownIdentity() === this) setOwnIdentity(undefined);
  }

  inject<Carrier>(carrier: Carrier, options: InjectOptions<Carrier>): boolean {
    return this.outgoing.inject(carrier, options);
  }

  extract<Carrier>(carrier: Carrier, options: ExtractOptions<Carrier>): Caller | undefined {
    return this.incoming.extract(carrier, options);
  }
}

/** An identity as `shareCosts` makes one, whose calls are counted here. */
import { onTestFinished } from 'vitest';
import { Identity } from '../../../src/shared/identity/identity.js';
import type { IdentityOptions } from '../../../src/shared/identity/identity-options.js';
import type { OwnCalls } from '../../../src/shared/identity/outgoing-identity.js';

export function startIdentity(options: IdentityOptions, reservations: readonly string[] = []): Identity {
  const identity = new Identity(options, ownCalls(reservations));
  identity.start();
  onTestFinished(() => identity.stop());
  return identity;
}

function ownCalls(reservations: readonly string[]): OwnCalls {
  let last = 0;
  return {
    writer: 'writer-1',
    nextCall: () => {
      last += 1;
      return last;
    },
    openReservations: () => reservations,
  };
}

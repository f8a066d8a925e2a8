/** The connection of a process to the store as a whole: what it leaves alone, whatever the store does. */
import { context, propagation } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { withTask } from '../../src/index.js';
import { type SharedCosts, shareCosts } from '../../src/shared.js';
import { startTracing } from '../support/tracing.js';

let costs: SharedCosts | undefined;

afterEach(async () => {
  await costs?.close();
  costs = undefined;
});

describe('the context inside a task', () => {
  const baggage = propagation.createBaggage({ 'agent-cost': { value: 'stale' }, k: { value: 'v' } });
  const keysInside = () =>
    context.with(propagation.setBaggage(context.active(), baggage), () =>
      withTask('t', () =>
        propagation
          .getBaggage(context.active())
          ?.getAllEntries()
          .map(([key]) => key),
      ),
    );

  it('lacks an identity that came in with baggage, also if it was not accepted', () => {
    startTracing();
    costs = shareCosts({});
    expect(keysInside()).toEqual(['k']);
  });

  it('is that of the app in a process that shares nothing', () => {
    startTracing();
    expect(keysInside()).toEqual(['agent-cost', 'k']);
  });
});

import { DiagLogLevel, diag } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withTask, withTool } from '../../src/index.js';
import { outcomeAtOnce } from '../support/budgets/outcome.js';
import { startProcessor } from '../support/tracing.js';

const warnings: string[] = [];

beforeEach(() => {
  warnings.length = 0;
  const ignore = () => {};
  const warn = (message: string) => void warnings.push(message);
  const logger = { warn, error: ignore, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
});
afterEach(() => diag.disable());

/** How many of three calls at $0.06 of one user run. */
function ran(): number {
  const call = () =>
    withTask({ name: 't', attribution: { user: 'ann' } }, () =>
      withTool({ name: 'search', costUsd: 0.06 }, () => 'ran'),
    );
  return [1, 2, 3].filter(() => outcomeAtOnce(call) === 'ran').length;
}

describe('the budgets of a second processor', () => {
  const inForce = () => warnings.filter((message) => message.includes('its budgets are not in force'));

  it('are reported to be of no effect, once', () => {
    const first = startProcessor({ budgets: { team: { usd: 1 } } });
    expect(inForce()).toEqual([]);
    startProcessor();
    expect(inForce()).toEqual([]);
    const second = startProcessor({ budgets: { user: { usd: 0.1 } } });
    startProcessor({ budgets: { user: { usd: 0.1 } } });
    expect(inForce()).toHaveLength(1);
    expect([first.stats.ignoredProcessors, second.stats.ignoredProcessors]).toEqual([0, 1]);
    expect(ran()).toBe(3);
  });

  it('are in force once the first one is shut down', async () => {
    const first = startProcessor();
    startProcessor({ budgets: { user: { usd: 0.1 } } });
    await first.shutdown();
    expect(ran()).toBe(1);
  });
});

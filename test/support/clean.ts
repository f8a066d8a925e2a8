/**
 * Test files share a process (`isolate: false`), because to load the sources, the SDK and the price list takes longer than
 * most files run. What a file leaves behind would be found by the next one, so vitest runs this around each.
 */
import { diag } from '@opentelemetry/api';
import { afterAll, afterEach, vi } from 'vitest';
import { sharedName } from '../../src/copies.js';
import { recordCalls } from '../../src/optimize/call-log.js';
import { forgetWarnings } from '../../src/warnings.js';
import { stopMetrics } from './metrics.js';
import { stopTracing } from './tracing.js';

const environment = { ...process.env };

// After the hooks of the file, which were registered later: vitest runs the last one first.
afterEach(async () => {
  await stopTracing();
  await stopMetrics();
});

afterAll(() => {
  // First, since what follows may use the clock.
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  restoreEnvironment();
  diag.disable();
  forgetRuntimes();
  recordCalls()();
  forgetWarnings();
});

/** A file may set variables where it begins, outside every test. */
function restoreEnvironment(): void {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
}

/** A processor that was not shut down would be the one of the process, with its options, and the next ones do nothing. */
function forgetRuntimes(): void {
  const known: unknown = Reflect.get(globalThis, Symbol.for(sharedName('meters')));
  if (typeof known !== 'object' || known === null || !('meters' in known)) return;
  if (Array.isArray(known.meters)) known.meters.length = 0;
  Reflect.set(known, 'fallback', undefined);
}

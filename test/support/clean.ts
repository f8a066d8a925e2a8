/**
 * Test files share a process (`isolate: false`), because to load the sources, the SDK and the price list takes longer than
 * most files run. What a file leaves behind would be found by the next one, so vitest runs this around each.
 */
import { context, diag, metrics, propagation, trace } from '@opentelemetry/api';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';

// Properties that set no seed of their own repeat their cases where a run has one, as in CI.
if (process.env.LAW_SEED) fc.configureGlobal({ seed: Number(process.env.LAW_SEED) });

const environment = { ...process.env };
let state: Awaited<ReturnType<typeof load>>;

// Not before the file has been loaded: it may replace a module of the sources.
beforeAll(async () => {
  state = await load();
});

async function load() {
  const [tracing, metrics, copies, callLog, warnings] = await Promise.all([
    import('./tracing.js'),
    import('./metrics.js'),
    import('../../src/copies.js'),
    import('../../src/optimize/call-log.js'),
    import('../../src/warnings.js'),
  ]);
  return { ...tracing, ...metrics, ...copies, ...callLog, ...warnings };
}

// Both run after the hooks of the file, since vitest runs the one that was registered last first.
afterEach(async () => {
  // A provider is one test's. Those of files that set one up for all of their tests stay until the end.
  await state.stopTracing();
  await state.stopMetrics();
});

afterAll(() => {
  // Timers and mocks first: what follows needs the real ones.
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  restoreEnvironment();
  // The API keeps the first of each that is registered, and refuses the next file's.
  for (const api of [trace, metrics, context, propagation, diag]) api.disable();
  forgetRuntimes();
  // A log that still listens would be filled by the calls of all later tests.
  state.startCallLog(1, 1)();
  // Each is given once in a process, and later tests expect theirs.
  state.forgetWarnings();
});

/** A file may set variables where it begins, outside every test. */
function restoreEnvironment(): void {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
}

/** A processor that was not shut down stays the one of the process, and later ones do nothing. */
function forgetRuntimes(): void {
  const known: unknown = Reflect.get(globalThis, Symbol.for(state.sharedName('meters')));
  if (typeof known !== 'object' || known === null || !('meters' in known)) return;
  if (Array.isArray(known.meters)) known.meters.length = 0;
  Reflect.set(known, 'fallback', undefined);
}

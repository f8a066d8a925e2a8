/** The runtime of the process, shared by all copies of this package with the same protocol. */
import { enterCopy, reportOthers, sharedName } from '../copies.js';
import { instantChild } from '../spans/own-span.js';
import { ledgerMetrics } from './ledger-metrics.js';
import { addListener } from './listeners.js';
import { Runtime } from './runtime.js';

/** Shared by all copies of the same protocol in one process, so that a span is never metered twice. */
interface Registry {
  readonly meters: Runtime[];
  fallback: Runtime | undefined;
}

const REGISTRY = Symbol.for(sharedName('meters'));

let shared: Registry | undefined;

function registry(): Registry {
  if (shared !== undefined) return shared;
  const holder: typeof globalThis & { [REGISTRY]?: Registry } = globalThis;
  holder[REGISTRY] ??= { meters: [], fallback: undefined };
  const known = holder[REGISTRY];
  shared = known;
  addListener(ledgerMetrics(currentRuntime));
  enterCopy(() => known.meters.length);
  reportOthers();
  return known;
}

/** The runtime of the process: that of the first processor that is not shut down, or one with default options. */
export function currentRuntime(): Runtime {
  const known = registry();
  const [first] = known.meters;
  if (first !== undefined) return first;
  known.fallback ??= new Runtime({}, instantChild);
  return known.fallback;
}

/** Registers the runtime of a processor. False if another one is already active. */
export function registerRuntime(runtime: Runtime): boolean {
  const { meters } = registry();
  reportOthers();
  meters.push(runtime);
  return meters[0] === runtime;
}

export function isCurrentRuntime(runtime: Runtime): boolean {
  return registry().meters[0] === runtime;
}

/** True for the runtime of a processor that waits until earlier ones are shut down. */
export function isWaitingRuntime(runtime: Runtime): boolean {
  return registry().meters.indexOf(runtime) > 0;
}

/** True when a processor waits until an earlier one is shut down. */
export function anotherRuntimeWaits(): boolean {
  return registry().meters.length > 1;
}

export function unregisterRuntime(runtime: Runtime): void {
  const { meters } = registry();
  const at = meters.indexOf(runtime);
  if (at >= 0) meters.splice(at, 1);
}

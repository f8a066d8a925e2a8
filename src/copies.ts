/**
 * Several copies of this package in one process, as a dependency tree may contain. Copies with the same protocol
 * share their state through global symbols, so each copy sees the scopes that another one has open. Copies with
 * different protocols share only plain data (`ActionResult`, and the context that is carried without an SDK) and
 * warn once.
 */
import type { Attributes } from '@opentelemetry/api';
import { PACKAGE_NAME, PACKAGE_VERSION } from './version.js';
import { warnOnce } from './warnings.js';

/**
 * Raised whenever the shape of an object behind a {@link sharedName} changes. Objects of another protocol are never
 * touched.
 */
const PROTOCOL = 2;

/** The description of a global symbol that is the same in all copies with this protocol, and in no others. */
export function sharedName(name: string): string {
  return `${PACKAGE_NAME}.${PROTOCOL}.${name}`;
}

/** An entry that versions of every protocol read. Its shape never changes. */
interface Copy {
  readonly version: string;
  readonly protocol: number;
  /** The number of processors that were constructed and not yet shut down. */
  processors(): number;
}

const COPIES = Symbol.for('otel-agent-cost.copies');

/** Version 0.1 did not know about other copies. It lists its processors here once it has been used. */
const METERS_OF_FIRST = Symbol.for('otel-agent-cost.meters');

const METRICS = Symbol.for('otel-agent-cost.metrics');

interface Globals {
  [METRICS]?: CopyMetrics[];
  [COPIES]?: Copy[];
  [METERS_OF_FIRST]?: { readonly meters?: readonly unknown[] };
}

const globals: typeof globalThis & Globals = globalThis;

/** Registers this version once. `processors` counts the processors of all copies with this protocol. Never throws. */
export function enterCopy(processors: () => number): void {
  try {
    globals[COPIES] ??= [];
    const isKnown = globals[COPIES].some(
      (copy) => copy.protocol === PROTOCOL && copy.version === PACKAGE_VERSION,
    );
    if (isKnown) return;
    globals[COPIES].push({ version: PACKAGE_VERSION, protocol: PROTOCOL, processors });
  } catch {
    // Another library's object has this name.
  }
}

/**
 * The version of a copy with another protocol that already has a processor. A second processor beside it would
 * overwrite the values that the first one writes.
 */
export function meteringVersion(): string | undefined {
  return others().find(({ processors }) => processors > 0)?.version;
}

/** A metric of a copy. `observe` passes its current values on. The shape never changes. */
interface CopyMetric {
  readonly kind: 'counter' | 'upDownCounter' | 'gauge';
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  observe(result: { observe(value: number, attributes?: Attributes): void }): void;
}

/** The metrics of all copies with one protocol, which versions of every protocol read. The shape never changes. */
interface CopyMetrics {
  readonly version: string;
  readonly protocol: number;
  /** Undefined before there was a meter provider. */
  latest(): { readonly startMillis: number; readonly observed: readonly CopyMetric[] } | undefined;
}

/** Lists the metrics of this protocol, so that another one can send them where the SDK cannot. Never throws. */
export function enterMetrics(latest: CopyMetrics['latest']): void {
  try {
    globals[METRICS] ??= [];
    globals[METRICS].push({ version: PACKAGE_VERSION, protocol: PROTOCOL, latest });
  } catch {
    // Another library's object has this name.
  }
}

/** The metrics of copies with other protocols. */
export function otherMetrics(): readonly CopyMetrics[] {
  const all = globals[METRICS];
  // Another library's object may have this name.
  return Array.isArray(all) ? all.filter(({ protocol }) => protocol !== PROTOCOL) : [];
}

/** The version of a copy with another protocol that does not list its metrics. */
export function unlistedVersion(): string | undefined {
  const listed = new Set(otherMetrics().map(({ version }) => version));
  return others().find(({ version }) => !listed.has(version))?.version;
}

let looked = 0;

/** Warns once that another version is present. Cheap enough to call on every trace. */
export function reportOthers(): void {
  const count = (globals[COPIES]?.length ?? 0) + (globals[METERS_OF_FIRST] === undefined ? 0 : 1);
  if (count === looked) return;
  looked = count;
  const version = others().at(0)?.version;
  if (version === undefined) return;
  warnOnce(
    `versions ${PACKAGE_VERSION} and ${version} of ${PACKAGE_NAME} run in one process: neither sees the other's calls, ` +
      'so totals are incomplete, budgets do not hold, and only the processor that was created first handles the spans of other ' +
      `instrumentations. \`npm ls ${PACKAGE_NAME}\` shows which packages depend on them`,
  );
}

function others(): { version: string; processors: number }[] {
  const found: { version: string; processors: number }[] = [];
  try {
    const first = globals[METERS_OF_FIRST];
    if (first !== undefined) found.push({ version: '0.1', processors: first.meters?.length ?? 0 });
    for (const copy of globals[COPIES] ?? []) {
      if (copy.protocol !== PROTOCOL) found.push({ version: copy.version, processors: copy.processors() });
    }
  } catch {
    // Another library's object has one of these names, so it says nothing about copies.
  }
  return found;
}

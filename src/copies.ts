/**
 * Several copies of this package in one process, as a dependency tree may have them. Copies of one protocol share all they
 * keep behind global symbols, so that each sees what the other has around it. Copies of different protocols share nothing
 * but plain data (`ActionResult`, the context that is carried without an SDK) and say so once.
 */
import { PACKAGE_NAME, PACKAGE_VERSION } from './version.js';
import { warnOnce } from './warnings.js';

/** Raised with every change of what stands behind a {@link sharedName}: objects of another protocol are never touched. */
const PROTOCOL = 2;

/** The description of a global symbol that is the same in every copy of this protocol, and in no other. */
export function sharedName(name: string): string {
  return `${PACKAGE_NAME}.${PROTOCOL}.${name}`;
}

/** An entry that versions of all protocols read. Its form is never changed. */
interface Copy {
  readonly version: string;
  readonly protocol: number;
  /** Processors that were constructed and not shut down. */
  processors(): number;
}

const COPIES = Symbol.for('otel-agent-cost.copies');

/** 0.1 did not know of others. Its processors are listed here once it has worked. */
const METERS_OF_FIRST = Symbol.for('otel-agent-cost.meters');

interface Globals {
  [COPIES]?: Copy[];
  [METERS_OF_FIRST]?: { readonly meters?: readonly unknown[] };
}

const globals: typeof globalThis & Globals = globalThis;

/** Enters this version, once. `processors` counts those of its whole protocol. Never throws. */
export function enterCopy(processors: () => number): void {
  try {
    globals[COPIES] ??= [];
    const isKnown = globals[COPIES].some(
      (copy) => copy.protocol === PROTOCOL && copy.version === PACKAGE_VERSION,
    );
    if (isKnown) return;
    globals[COPIES].push({ version: PACKAGE_VERSION, protocol: PROTOCOL, processors });
  } catch {
    // Somebody else's object is behind this name.
  }
}

/** The version of another protocol that has a processor: a second one beside it would overwrite what it states. */
export function meteringVersion(): string | undefined {
  return others().find(({ processors }) => processors > 0)?.version;
}

let looked = 0;

/** Says once that another version is there. Cheap enough for every trace. */
export function reportOthers(): void {
  const count = (globals[COPIES]?.length ?? 0) + (globals[METERS_OF_FIRST] === undefined ? 0 : 1);
  if (count === looked) return;
  looked = count;
  const version = others().at(0)?.version;
  if (version === undefined) return;
  warnOnce(
    `versions ${PACKAGE_VERSION} and ${version} of ${PACKAGE_NAME} run in one process: neither sees the calls of the other, ` +
      'so totals are not complete, budgets do not hold, and the processor that was made first has the spans of other ' +
      `instrumentations. \`npm ls ${PACKAGE_NAME}\` shows who brings them`,
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
    // Somebody else's object behind one of these names: there is nothing to learn from it.
  }
  return found;
}

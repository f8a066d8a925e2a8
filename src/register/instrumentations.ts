import { type MeterProvider, metrics } from '@opentelemetry/api';
import { isRecord } from '../validate.js';
import {
  type ClientLibrary,
  findClientLibraries,
  type InstalledInstrumentation,
} from './client-libraries.js';
import { openImportLoader } from './import-loader.js';
import { messageOf, notice } from './notice.js';
import { loadPackage, type PackageFinder } from './packages.js';
import { unsupportedRanges } from './supported-version.js';

/** How the app's client libraries are instrumented. */
export interface InstrumentedLibraries {
  /** Packages that were loaded. */
  loaded: string[];
  /** For each client library without one: the package that would instrument it. */
  suggested: string[];
  /** Of installed packages that are for other versions of a client library, which those are. */
  unsupported: string[];
}

/**
 * Loads an instrumentation for each client library of the app: the first that supports its version; two would report
 * every call twice. A package that fails to load is told and left out.
 */
export async function loadInstrumentations(packages: PackageFinder): Promise<InstrumentedLibraries> {
  const libraries: InstrumentedLibraries = { loaded: [], suggested: [], unsupported: [] };
  const clients = findClientLibraries(packages, process.env);
  const files = clients.flatMap(({ instrumentations }) => instrumentations.map(({ file }) => file));
  const loaderReady = openImportLoader(files);
  for (const client of clients) loadFirst(client, libraries);
  await loaderReady();
  return libraries;
}

function loadFirst(client: ClientLibrary, libraries: InstrumentedLibraries): void {
  const unsupported: string[] = [];
  for (const instrumentation of client.instrumentations) {
    const { name } = instrumentation;
    try {
      const ranges = instrument(instrumentation, client);
      if (ranges === undefined) {
        libraries.loaded.push(name);
        return;
      }
      unsupported.push(`${name} supports ${client.name} ${ranges}, and ${client.version} is installed`);
    } catch (error) {
      notice(`${name} could not be loaded: ${messageOf(error)}`);
    }
  }
  libraries.unsupported.push(...unsupported);
  if (client.suggested !== undefined) libraries.suggested.push(client.suggested);
}

type InstrumentationClass = new () => { init(): unknown; setMeterProvider?(provider: MeterProvider): void };

/**
 * An instrumentation enables itself when it is made, and takes its tracer from the global provider.
 *
 * @returns the versions of the client that it supports, when the installed one is none of them: then it does nothing
 */
function instrument({ name, file }: InstalledInstrumentation, client: ClientLibrary): string | undefined {
  let ranges: string | undefined;
  const exported = Object.values(loadPackage<Record<string, unknown>>(file));
  const Instrumentation = exported.find(isInstrumentationClass);
  if (Instrumentation === undefined) throw new Error('it exports no instrumentation');
  class GuardedInstrumentation extends Instrumentation {
    override init(): unknown {
      const definitions = [super.init() ?? []].flat();
      ranges = unsupportedRanges(definitions, client.name, client.version, file);
      if (ranges !== undefined) return [];
      for (const definition of definitions) guardPatch(name, definition);
      return definitions;
    }
  }
  const instrumentation = new GuardedInstrumentation();
  // Those that declare their instruments as fields have none before this, and fail inside the app's calls.
  instrumentation.setMeterProvider?.(metrics.getMeterProvider());
  return ranges;
}

/** A patch runs inside the app's own `import`: one that does not fit the client's version must not break that. */
function guardPatch(name: string, definition: unknown): void {
  if (!isRecord(definition)) return;
  if (Array.isArray(definition.files)) for (const file of definition.files) guardPatch(name, file);
  const { patch } = definition;
  if (typeof patch !== 'function') return;
  definition.patch = (moduleExports: unknown, ...rest: unknown[]): unknown => {
    try {
      return patch.call(definition, moduleExports, ...rest);
    } catch (error) {
      notice(`${name} does not fit the installed ${definition.name}: ${messageOf(error)}`);
      return moduleExports;
    }
  };
}

function isInstrumentationClass(value: unknown): value is InstrumentationClass {
  return (
    typeof value === 'function' &&
    value.name.endsWith('Instrumentation') &&
    typeof value.prototype?.init === 'function'
  );
}

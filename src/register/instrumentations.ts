import { type MeterProvider, metrics } from '@opentelemetry/api';
import { isRecord } from '../validate.js';
import {
  type ClientLibrary,
  findClientLibraries,
  type InstalledInstrumentation,
} from './client-libraries.js';
import { importForApp, mayImport } from './es-modules.js';
import { leaveOutReported, type Patching, watchAgents } from './framework-calls.js';
import { HAS_LOADERS, IMPORT_LOADER_PACKAGE, openImportLoader } from './import-loader.js';
import { messageOf, notice } from './notice.js';
import { loadPackage, type PackageFinder } from './packages.js';
import { unsupportedRanges } from './supported-version.js';

/** The result of instrumenting the app's client libraries. */
export interface InstrumentedLibraries {
  /** Packages that were loaded. */
  loaded: string[];
  /**
   * Packages to install: an instrumentation for each client library that has none, and the package that exposes ES
   * modules.
   */
  suggested: string[];
  /** The client libraries that the app has. */
  clients: string[];
  /** Notes on installed packages that were not loaded, and on calls that loaded ones do not see. */
  limits: string[];
}

/**
 * Loads an instrumentation for each client library of the app: the first one that supports its version, because two
 * would report every call twice. A package that fails to load is reported and skipped.
 *
 * @param mainFile the app's main file, if there is one
 */
export async function loadInstrumentations(
  packages: PackageFinder,
  mainFile: string | undefined,
): Promise<InstrumentedLibraries> {
  const clients = findClientLibraries(packages, process.env);
  const names = clients.map(({ name }) => name);
  const libraries: InstrumentedLibraries = { loaded: [], suggested: [], limits: [], clients: names };
  const files = clients.flatMap(({ instrumentations }) => instrumentations.map(({ file }) => file));
  const loader = openImportLoader(packages, files);
  const mayBeImported = mayImport(mainFile);
  const instrumented = new Set<string>();
  for (const client of clients) {
    const made = loadFirst(client, libraries, instrumented);
    if (made !== undefined) instrumented.add(client.name);
    if (made === undefined) continue;
    const { name, byHand } = made.candidate;
    const isHidden = loader === undefined || byHand === 'always';
    if (isHidden && byHand !== undefined && mayBeImported && !hasShims(packages, client)) {
      await instrumentByHand(made, client, packages);
    } else if (isHidden) {
      libraries.limits.push(`${name} sees what is loaded with require(), and not with import`);
      if (HAS_LOADERS && !libraries.suggested.includes(IMPORT_LOADER_PACKAGE))
        libraries.suggested.push(IMPORT_LOADER_PACKAGE);
    }
  }
  await loader?.ready();
  return libraries;
}

/** In openai 4, an import in the app selects the fetch implementation and has to come first. */
function hasShims(packages: PackageFinder, { name }: ClientLibrary): boolean {
  const exports = packages.manifest(name)?.exports;
  return isRecord(exports) && Object.keys(exports).some((key) => key.startsWith('./shims/'));
}

/** The result for a process without an SDK. Nothing is loaded, because instrumentations would see nothing. */
export function uninstrumented(packages: PackageFinder): InstrumentedLibraries {
  const clients = findClientLibraries(packages, process.env);
  const suggested = clients.flatMap(({ instrumentations, suggested: best }) =>
    instrumentations.length > 0 || best === undefined ? [] : [best],
  );
  return { loaded: [], suggested, limits: [], clients: clients.map(({ name }) => name) };
}

interface MadeInstrumentation {
  candidate: InstalledInstrumentation;
  instance: InstrumentationInstance;
}

function loadFirst(
  client: ClientLibrary,
  libraries: InstrumentedLibraries,
  instrumented: ReadonlySet<string>,
): MadeInstrumentation | undefined {
  const limits = [...client.refused];
  for (const candidate of client.instrumentations) {
    const { name } = candidate;
    try {
      const { instance, ranges } = instrument(candidate, client, instrumented);
      if (ranges === undefined) {
        libraries.loaded.push(name);
        for (const [variable, value] of Object.entries(client.environment)) process.env[variable] ??= value;
        return { candidate, instance };
      }
      limits.push(`${name} supports ${client.name} ${ranges}, and ${client.version} is installed`);
    } catch (error) {
      notice(`${name} could not be loaded: ${messageOf(error)}`);
    }
  }
  libraries.limits.push(...limits);
  if (client.suggested !== undefined) libraries.suggested.push(client.suggested);
  return undefined;
}

/**
 * Passes the client's ES module to the instrumentation before the app imports it. It is the same instance, so the
 * app's calls are seen.
 */
async function instrumentByHand(
  { candidate, instance }: MadeInstrumentation,
  { module }: ClientLibrary,
  packages: PackageFinder,
): Promise<void> {
  try {
    const client = await importForApp(packages, module);
    if (client === undefined) return;
    instance.manuallyInstrument?.(client);
    watchAgents(client);
  } catch (error) {
    notice(`${candidate.name} could not be given the ES module ${module}: ${messageOf(error)}`);
  }
}

interface InstrumentationInstance extends Patching {
  init(): unknown;
  setMeterProvider?(provider: MeterProvider): void;
  manuallyInstrument?(module: unknown): void;
}

type InstrumentationClass = new (options?: object) => InstrumentationInstance;

/**
 * Creates an instrumentation, which enables itself and takes its tracer from the global provider. `ranges` are the
 * client versions that it supports if the installed version is not among them; it then does nothing.
 */
function instrument(
  { name, file, options }: InstalledInstrumentation,
  client: ClientLibrary,
  instrumented: ReadonlySet<string>,
): { instance: InstrumentationInstance; ranges: string | undefined } {
  let ranges: string | undefined;
  const exported = Object.values(loadPackage<Record<string, unknown>>(file));
  const Instrumentation = exported.find(isInstrumentationClass);
  if (Instrumentation === undefined) throw new Error('it exports no instrumentation');
  class GuardedInstrumentation extends Instrumentation {
    override init(): unknown {
      leaveOutReported(this, instrumented);
      const definitions = [super.init() ?? []].flat();
      ranges = unsupportedRanges(definitions, client.name, client.version, file);
      if (ranges !== undefined) return [];
      for (const definition of definitions) guardPatch(name, definition);
      return definitions;
    }
  }
  const instance = new GuardedInstrumentation(options);
  // Instrumentations that declare their instruments as fields have none before this, and would fail inside the
  // app's calls.
  instance.setMeterProvider?.(metrics.getMeterProvider());
  return { instance, ranges };
}

/** A patch runs inside the app's own `import`, and must not break it if it does not fit the client's version. */
function guardPatch(name: string, definition: unknown): void {
  if (!isRecord(definition)) return;
  if (Array.isArray(definition.files)) for (const file of definition.files) guardPatch(name, file);
  const { patch } = definition;
  if (typeof patch !== 'function') return;
  definition.patch = (moduleExports: unknown, ...rest: unknown[]): unknown => {
    try {
      const patched = patch.call(definition, moduleExports, ...rest);
      // It listens to the first copy only.
      if (isRecord(patched) && patched.openInferencePatched === true) watchAgents(patched);
      return patched;
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

import { type MeterProvider, metrics } from '@opentelemetry/api';
import { isRecord } from '../validate.js';
import { openImportLoader } from './import-loader.js';
import { messageOf, notice } from './notice.js';
import { loadPackage, type PackageFinder } from './packages.js';

/**
 * Client libraries and the packages that instrument them, the best first: those that tell cached tokens apart and fit
 * the current clients (docs/instrumentations.md), then those that write the standard attributes. Only the first that
 * is installed is loaded; two would report every call twice.
 */
const INSTRUMENTATIONS: Readonly<Record<string, readonly string[]>> = {
  openai: [
    '@arizeai/openinference-instrumentation-openai',
    '@opentelemetry/instrumentation-openai',
    '@traceloop/instrumentation-openai',
  ],
  '@anthropic-ai/sdk': [
    '@traceloop/instrumentation-anthropic',
    '@arizeai/openinference-instrumentation-anthropic',
  ],
  '@anthropic-ai/claude-agent-sdk': ['@arizeai/openinference-instrumentation-claude-agent-sdk'],
  '@aws-sdk/client-bedrock-runtime': [
    '@opentelemetry/instrumentation-aws-sdk',
    '@traceloop/instrumentation-bedrock',
    '@arizeai/openinference-instrumentation-bedrock',
  ],
  '@aws-sdk/client-bedrock-agent-runtime': ['@arizeai/openinference-instrumentation-bedrock-agent-runtime'],
  '@google-cloud/vertexai': ['@traceloop/instrumentation-vertexai'],
  'cohere-ai': ['@traceloop/instrumentation-cohere'],
  'together-ai': ['@traceloop/instrumentation-together'],
  llamaindex: ['@traceloop/instrumentation-llamaindex'],
  '@langchain/core': [
    '@arizeai/openinference-instrumentation-langchain',
    '@traceloop/instrumentation-langchain',
  ],
};

export interface InstrumentedLibraries {
  /** Packages that were loaded. */
  loaded: string[];
  /** For each client library without one: the package that would instrument it. */
  suggested: string[];
}

/** Loads an instrumentation for each client library of the app. A package that fails to load is told and left out. */
export async function loadInstrumentations(packages: PackageFinder): Promise<InstrumentedLibraries> {
  const { found, suggested } = findInstrumentations(packages);
  const loaderReady = openImportLoader(found.map(({ file }) => file));
  const loaded: string[] = [];
  for (const { name, file } of found) {
    try {
      instrument(name, file);
      loaded.push(name);
    } catch (error) {
      notice(`${name} could not be loaded: ${messageOf(error)}`);
    }
  }
  await loaderReady();
  return { loaded, suggested };
}

function findInstrumentations(packages: PackageFinder) {
  const found: { name: string; file: string }[] = [];
  const suggested: string[] = [];
  for (const [library, candidates] of Object.entries(INSTRUMENTATIONS)) {
    if (!packages.isInstalled(library)) continue;
    const installed = candidates.flatMap((name) => {
      const file = packages.find(name);
      return file === undefined ? [] : [{ name, file }];
    });
    const best = installed[0];
    if (best !== undefined) found.push(best);
    else suggested.push(...candidates.slice(0, 1));
  }
  return { found, suggested };
}

type InstrumentationClass = new () => { init(): unknown; setMeterProvider?(provider: MeterProvider): void };

/** An instrumentation enables itself when it is made, and takes its tracer from the global provider. */
function instrument(name: string, file: string): void {
  const exported = Object.values(loadPackage<Record<string, unknown>>(file));
  const Instrumentation = exported.find(isInstrumentationClass);
  if (Instrumentation === undefined) throw new Error('it exports no instrumentation');
  class GuardedInstrumentation extends Instrumentation {
    override init(): unknown {
      const definitions = super.init();
      for (const definition of [definitions].flat()) guardPatch(name, definition);
      return definitions;
    }
  }
  const instrumentation = new GuardedInstrumentation();
  // Those that declare their instruments as fields have none before this, and fail inside the app's calls.
  instrumentation.setMeterProvider?.(metrics.getMeterProvider());
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

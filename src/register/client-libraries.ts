import type { PackageFinder } from './packages.js';

/** One package that instruments a client library, and its particularities. */
export interface Instrumentation {
  name: string;
  /**
   * When the client's ES module is passed to its `manuallyInstrument`: if no import loader exposes that module, or
   * always, if no loader can. Absent if it has no such method or cannot patch an ES module.
   */
  byHand?: 'without a loader' | 'always';
  /** Options for its constructor. */
  options?: Readonly<Record<string, unknown>>;
}

interface Client {
  /** The module to pass to `manuallyInstrument`. Default: the client's main entry. */
  module?: string;
  /** Environment variables to set unless the app has set them. */
  environment?: Readonly<Record<string, string>>;
  /**
   * Best first. Only the first one that is installed and supports the client is loaded, because two would report
   * every call twice.
   */
  instrumentations: readonly Instrumentation[];
  /** Packages that exist but are not loaded, with the reason. */
  refused?: Readonly<Record<string, string>>;
}

/**
 * OpenInference's packages depend on `@opentelemetry/instrumentation` 0.46 (seen in all of them, November 2026), whose
 * import-in-the-middle 1.7 has no loader for single modules.
 */
function openInference(library: string, more: Omit<Instrumentation, 'name'> = {}): Instrumentation {
  return { name: `@arizeai/openinference-instrumentation-${library}`, byHand: 'without a loader', ...more };
}

function openLlmetry(library: string): Instrumentation {
  return { name: `@traceloop/instrumentation-${library}` };
}

/**
 * Client libraries and the packages that instrument them, best first: packages that report cached tokens separately
 * and support the current clients (docs/instrumentations.md), then those with the standard attributes.
 */
const CLIENTS: Readonly<Record<string, Client>> = {
  openai: {
    instrumentations: [
      openInference('openai'),
      { name: '@opentelemetry/instrumentation-openai' },
      openLlmetry('openai'),
    ],
  },
  '@anthropic-ai/sdk': { instrumentations: [openLlmetry('anthropic'), openInference('anthropic')] },
  '@anthropic-ai/claude-agent-sdk': {
    // Its `manuallyInstrument` returns a patched copy of an ES module, which the app does not use.
    instrumentations: [{ name: '@arizeai/openinference-instrumentation-claude-agent-sdk' }],
  },
  '@openai/agents': {
    // By default it would disable the SDK's own trace export.
    instrumentations: [
      openInference('openai-agents', { byHand: 'always', options: { exclusiveProcessor: false } }),
    ],
  },
  '@aws-sdk/client-bedrock-runtime': {
    instrumentations: [
      { name: '@opentelemetry/instrumentation-aws-sdk' },
      openLlmetry('bedrock'),
      openInference('bedrock'),
    ],
  },
  '@aws-sdk/client-bedrock-agent-runtime': { instrumentations: [openInference('bedrock-agent-runtime')] },
  '@google-cloud/vertexai': { instrumentations: [openLlmetry('vertexai')] },
  'cohere-ai': { instrumentations: [openLlmetry('cohere')] },
  'together-ai': { instrumentations: [openLlmetry('together')] },
  llamaindex: { instrumentations: [openLlmetry('llamaindex')] },
  '@langchain/core': {
    module: '@langchain/core/callbacks/manager',
    // By default it notifies tracers of calls in the background, in the context of whichever call was first. The
    // calls of two tasks would then be attributed to one.
    environment: { LANGCHAIN_CALLBACKS_BACKGROUND: 'false' },
    // It names a CommonJS file of the client, so a loader exposes no ES module to it.
    instrumentations: [openInference('langchain', { byHand: 'always' })],
    refused: {
      '@traceloop/instrumentation-langchain':
        "it replaces the app's callbacks, so streamed messages and events of LangGraph are lost",
    },
  },
};

/** A client library of the app, and the packages that can instrument it. */
export interface ClientLibrary {
  name: string;
  version: string | undefined;
  /** The module that `manuallyInstrument` takes. */
  module: string;
  /** Environment variables to set unless the app has set them, if the library is instrumented. */
  environment: Readonly<Record<string, string>>;
  /** Installed instrumentations, best first. */
  instrumentations: readonly InstalledInstrumentation[];
  /** The best one that is not installed. */
  suggested: string | undefined;
  /** Installed packages that are not loaded, each with the reason. */
  refused: readonly string[];
}

export interface InstalledInstrumentation extends Instrumentation {
  file: string;
}

/** The app's client libraries that do not create spans themselves. */
export function findClientLibraries(packages: PackageFinder, env: NodeJS.ProcessEnv): ClientLibrary[] {
  return Object.entries(CLIENTS).flatMap(([name, client]) => {
    const { module = name, instrumentations, refused = {}, environment = {} } = client;
    if (!packages.isInstalled(name) || makesOwnSpans(name, packages, env)) return [];
    const installed = instrumentations.flatMap((candidate) => {
      const file = packages.find(candidate.name);
      return file === undefined ? [] : [{ ...candidate, file }];
    });
    const suggested = instrumentations.find((candidate) => packages.find(candidate.name) === undefined)?.name;
    const version = packages.manifest(name)?.version;
    const refusals = Object.entries(refused).filter(([other]) => packages.isInstalled(other));
    return [
      {
        name,
        version,
        module,
        environment,
        instrumentations: installed,
        suggested,
        refused: refusals.map(([other, reason]) => `${other} is not loaded: ${reason}`),
      },
    ];
  });
}

/**
 * Anthropic's client creates spans since 0.134 unless this is disabled. An instrumentation would then report its
 * calls twice.
 */
function makesOwnSpans(library: string, packages: PackageFinder, env: NodeJS.ProcessEnv): boolean {
  if (library !== '@anthropic-ai/sdk' || env.ANTHROPIC_OPEN_TELEMETRY?.toLowerCase() === 'false')
    return false;
  return packages.manifest(library)?.dependencies?.['@opentelemetry/api'] !== undefined;
}

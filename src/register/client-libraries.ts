import type { PackageFinder } from './packages.js';

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

/** A client library of the app, and what there is to instrument it. */
export interface ClientLibrary {
  name: string;
  version: string | undefined;
  /** Installed instrumentations, the best first. */
  instrumentations: readonly InstalledInstrumentation[];
  /** The best that is not installed. */
  suggested: string | undefined;
}

export interface InstalledInstrumentation {
  name: string;
  file: string;
}

/** The app's client libraries that make no spans themselves. */
export function findClientLibraries(packages: PackageFinder, env: NodeJS.ProcessEnv): ClientLibrary[] {
  return Object.entries(INSTRUMENTATIONS).flatMap(([name, candidates]) => {
    if (!packages.isInstalled(name) || makesOwnSpans(name, packages, env)) return [];
    const instrumentations = candidates.flatMap((candidate) => {
      const file = packages.find(candidate);
      return file === undefined ? [] : [{ name: candidate, file }];
    });
    const suggested = candidates.find((candidate) => packages.find(candidate) === undefined);
    return [{ name, version: packages.manifest(name)?.version, instrumentations, suggested }];
  });
}

/** Anthropic's client does since 0.134, unless it is told not to: an instrumentation would report its calls twice. */
function makesOwnSpans(library: string, packages: PackageFinder, env: NodeJS.ProcessEnv): boolean {
  if (library !== '@anthropic-ai/sdk' || env.ANTHROPIC_OPEN_TELEMETRY?.toLowerCase() === 'false')
    return false;
  return packages.manifest(library)?.dependencies?.['@opentelemetry/api'] !== undefined;
}

/** Commands that install what is missing, for notices. */

/**
 * Versions that work together and with `register` on every supported Node.js. Without them npm takes the newest that its
 * Node.js allows: from 22.15 on a mixture of SDK 2 and SDK 3, which it then refuses to install (seen in November 2026).
 */
const VERSIONS: Readonly<Record<string, string>> = {
  '@opentelemetry/api': '1.9',
  '@opentelemetry/sdk-trace-node': '2',
  '@opentelemetry/resources': '2',
  '@opentelemetry/sdk-metrics': '2',
  '@opentelemetry/exporter-trace-otlp-http': '0.223',
  '@opentelemetry/exporter-trace-otlp-proto': '0.223',
  '@opentelemetry/exporter-trace-otlp-grpc': '0.223',
  '@opentelemetry/exporter-metrics-otlp-http': '0.223',
  '@opentelemetry/exporter-metrics-otlp-proto': '0.223',
  '@opentelemetry/exporter-metrics-otlp-grpc': '0.223',
  '@opentelemetry/instrumentation-openai': '0.17',
};

/** `npm install …` for these packages, in versions that fit each other. */
export function installLine(names: readonly string[]): string {
  return `npm install ${names.map(specifierOf).join(' ')}`;
}

/** `name@version`, where a version is needed. */
export function specifierOf(name: string): string {
  const version = VERSIONS[name];
  return version === undefined ? name : `${name}@${version}`;
}

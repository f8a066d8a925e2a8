/** Commands for notices that install missing packages. */

/**
 * Versions that work together and with `register` on every supported Node.js. Without them, npm installs the newest
 * ones that its Node.js allows: from 22.15, a mixture of SDK 2 and SDK 3, which it then refuses to install (seen in
 * November 2026).
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

/** `npm install …` for these packages, in compatible versions. */
export function installLine(names: readonly string[]): string {
  return `npm install ${names.map(specifierOf).join(' ')}`;
}

/** `name@version` if a version is required, or else `name`. */
export function specifierOf(name: string): string {
  const version = VERSIONS[name];
  return version === undefined ? name : `${name}@${version}`;
}

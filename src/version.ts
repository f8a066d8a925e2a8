/** A test checks that these match package.json. */
export const PACKAGE_NAME = 'otel-agent-cost';
export const PACKAGE_VERSION = '0.2.0';

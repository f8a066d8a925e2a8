/** Held equal to package.json by a test. */
export const PACKAGE_NAME = 'otel-agent-cost';
export const PACKAGE_VERSION = '0.2.0';

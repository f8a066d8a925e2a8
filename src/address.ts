/** Values that are missing until the project has a public address. A test checks that they are all set together. */

/**
 * The URL that serves the registry in `semconv/`, with its version at the end: the `schema_url` of its manifest. Empty
 * as long as nothing serves it; spans and metrics then have no schema URL.
 */
export const SCHEMA_URL: string = '';

/** Fields of `package.json` that wait for the address. */
export const WAITING_FIELDS = ['repository', 'homepage', 'bugs'] as const;

/** The options with which tracers and meters are asked for. */
export const SCHEMA = SCHEMA_URL === '' ? undefined : { schemaUrl: SCHEMA_URL };

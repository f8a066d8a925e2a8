import { dirname, join } from 'node:path';
import { isRecord } from '../validate.js';
import { findFrom, loadPackage } from './packages.js';

interface SemVer {
  satisfies(version: string, range: string): boolean;
}

/**
 * The versions of a client library that an instrumentation's definitions support. Undefined when they do not
 * mention the library or support the installed version.
 */
export function unsupportedRanges(
  definitions: readonly unknown[],
  library: string,
  version: string | undefined,
  instrumentationFile: string,
): string | undefined {
  const semVer = semVerOf(instrumentationFile);
  if (version === undefined || semVer === undefined) return undefined;
  const ranges = definitions.filter((definition) => isOf(library, definition)).flatMap(rangesOf);
  const fits = ranges.length === 0 || ranges.some((range) => semVer.satisfies(version, range));
  return fits ? undefined : ranges.join(' or ');
}

/** True for a definition of the library itself, or of a file inside it. */
function isOf(library: string, definition: unknown): boolean {
  if (!isRecord(definition) || typeof definition.name !== 'string') return false;
  return definition.name === library || definition.name.startsWith(`${library}/`);
}

function rangesOf(definition: unknown): string[] {
  if (!isRecord(definition) || !Array.isArray(definition.supportedVersions)) return [];
  return definition.supportedVersions.filter((range) => typeof range === 'string');
}

/**
 * The version comparison that the instrumentation itself uses: a file of its base package or, in older versions, a
 * separate package.
 */
function semVerOf(instrumentationFile: string): SemVer | undefined {
  const base = findFrom(instrumentationFile, '@opentelemetry/instrumentation');
  if (base === undefined) return undefined;
  const file = findFrom(base, join(dirname(base), 'semver.js')) ?? findFrom(base, 'semver');
  return file === undefined ? undefined : loadPackage<SemVer>(file);
}

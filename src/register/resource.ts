import { randomUUID } from 'node:crypto';
import { loadPackage, type PackageFinder } from './packages.js';

type Resources = typeof import('@opentelemetry/resources');
export type Resource = ReturnType<Resources['defaultResource']>;

export const RESOURCES_PACKAGE = '@opentelemetry/resources';

/**
 * Attributes from the environment take precedence. The instance id is random unless the environment sets it,
 * because parallel processes must not write to the same metric series.
 */
export function findResource(packages: PackageFinder): Resource | undefined {
  const file = packages.find(RESOURCES_PACKAGE);
  if (file === undefined) return undefined;
  const { defaultResource, detectResources, envDetector, resourceFromAttributes } =
    loadPackage<Resources>(file);
  return defaultResource()
    .merge(resourceFromAttributes({ 'service.instance.id': randomUUID() }))
    .merge(detectResources({ detectors: [envDetector] }));
}

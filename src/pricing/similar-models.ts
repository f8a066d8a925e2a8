/** Suggests names of the price list for a model that it does not have. */

import { nearestName, plainName } from '../nearest-name.js';
import { priceList } from './price-list.js';
import { USUAL_PROVIDERS } from './price-options.js';
import { resolveProvider } from './providers.js';

const MAX_SUGGESTIONS = 3;
/** Names that share fewer letters at the start are of another family. */
const MIN_SHARED = 4;
const MAX_NAME_CHARS = 100;

/** At most three names, the nearest first: of the provider, or of the usual providers if it is unknown. Never throws. */
export function similarModels(provider: string | undefined, model: string | undefined): string[] {
  if (model === undefined || model.length > MAX_NAME_CHARS) return [];
  const { id } = resolveProvider(provider ?? '');
  const names = (id === undefined ? USUAL_PROVIDERS : [id]).flatMap(modelsOf);
  const nearest = nearestName(model, names);
  const written = plainName(model);
  const alike = [...new Set(names)]
    .map((name) => ({ name, shared: sharedStart(written, plainName(name)) }))
    .filter(({ shared }) => shared >= MIN_SHARED)
    .sort((a, b) => b.shared - a.shared || a.name.length - b.name.length)
    .map(({ name }) => name);
  return [...new Set(nearest === undefined ? alike : [nearest, ...alike])].slice(0, MAX_SUGGESTIONS);
}

function modelsOf(provider: string): string[] {
  return (
    priceList()
      .findProvider({ providerId: provider })
      ?.models.map(({ id }) => id) ?? []
  );
}

function sharedStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

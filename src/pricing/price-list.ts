/**
 * The package with the price list. It takes as long to load as everything else here together, so the app's start does
 * not wait for it: it is loaded right after, long before the first call has an answer to be priced.
 */

import { createRequire } from 'node:module';

const PACKAGE = '@pydantic/genai-prices';

type PriceList = Pick<typeof import('@pydantic/genai-prices'), 'calcPrice' | 'findProvider'>;

/** Stands in where the list cannot be loaded: every model is unknown then, and its calls are unpriced. */
const EMPTY: PriceList = { calcPrice: () => null, findProvider: () => undefined };

let list: PriceList | undefined;

/** Its name is spelled out, so that bundlers see it and take the list along. */
function load(): void {
  import('@pydantic/genai-prices').then(
    (loaded) => {
      // Also in the place of the CommonJS copy: this is the one whose prices an app updates.
      list = loaded;
    },
    () => {
      // `priceList` has its own way to it, or none.
    },
  );
}

// After the app's own start, and not in a process that ends with that. In a bundle at once: there nothing else leads to it.
if (isInstalled()) setImmediate(load).unref();
else load();

/** The list. Never throws. Loaded here and now where it is needed before it has come. */
export function priceList(): PriceList {
  list ??= required();
  return list ?? EMPTY;
}

/** False as long as {@link priceList} is an empty one. */
export function isPriceListLoaded(): boolean {
  return list !== undefined;
}

/** Undefined in a bundle: there it is not to be had before the promises that are pending now have been looked at. */
function required(): PriceList | undefined {
  try {
    return createRequire(import.meta.url)(PACKAGE);
  } catch {
    return undefined;
  }
}

function isInstalled(): boolean {
  try {
    return createRequire(import.meta.url).resolve(PACKAGE) !== '';
  } catch {
    return false;
  }
}

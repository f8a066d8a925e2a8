/**
 * Loads the package with the price list. Loading it takes as long as everything else in this package together, so
 * the app's start does not wait for it: it is loaded right afterwards, long before the first call must be priced.
 */

import { createRequire } from 'node:module';

const PACKAGE = '@pydantic/genai-prices';

type PriceList = Pick<typeof import('@pydantic/genai-prices'), 'calcPrice' | 'findProvider'>;

/** Used when the list cannot be loaded: every model is then unknown and its calls are unpriced. */
const EMPTY: PriceList = { calcPrice: () => null, findProvider: () => undefined };

let list: PriceList | undefined;
let generation = 0;

function load(): void {
  loadPriceList().catch(() => {
    // `priceList` tries another way to load the list.
  });
}

/** The package itself, for updates of its data. The name is a literal, so that bundlers include the list. */
export async function loadPriceList(): Promise<typeof import('@pydantic/genai-prices')> {
  const loaded = await import('@pydantic/genai-prices');
  // Replaces the CommonJS copy too, because apps update the prices of the ES module.
  list = loaded;
  return loaded;
}

/** Rates that were found in an earlier generation of the list may be outdated. */
export function priceListGeneration(): number {
  return generation;
}

/** To be called when the list's data has changed. */
export function startPriceListGeneration(): void {
  generation += 1;
}

// Loaded after the app's own start, and never in a process that ends with it. In a bundle it is loaded at once,
// because there is no other way to load it.
if (isInstalled()) setImmediate(load).unref();
else load();

/** The list. Loaded synchronously if it is needed before the import has finished. Never throws. */
export function priceList(): PriceList {
  list ??= required();
  return list ?? EMPTY;
}

/** False while {@link priceList} returns an empty list. */
export function isPriceListLoaded(): boolean {
  return list !== undefined;
}

/** Undefined in a bundle: there, the list is only available after the pending import. */
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

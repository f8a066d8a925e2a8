/** Random choices of a run, from a seed that is printed. `LAW_SEED` repeats them. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { appFolder } from './app.js';

export interface Random {
  readonly seed: number;
  /** From 0 to 1. */
  random(): number;
  /** From 0 up to, and without, `end`. */
  whole(end: number): number;
}

export async function newRandom(): Promise<Random> {
  const given = Number(process.env.LAW_SEED);
  const seed = Number.isInteger(given) && given > 0 ? given : Math.floor(Math.random() * 2 ** 31);
  const { randomFrom } = await import(pathToFileURL(join(appFolder(), 'random.mjs')).href);
  return { seed, ...randomFrom(seed) };
}

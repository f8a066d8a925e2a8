/** The folders beside this file, each with the frameworks that it says in its matrix.js. */
import { existsSync, readdirSync } from 'node:fs';

export const MODES = ['bare', 'withLlm', 'withTask'];

/** What `.ci/run` runs of the rows that are `common`. */
export const COMMON_SCENARIOS = ['plain', 'streamed', 'subAgent'];

/** The Node that a row runs on when it does not say. */
export const DEFAULT_NODE = 24;

/** @returns of each folder its name and what its matrix.js exports */
export async function readFolders() {
  const here = new URL('.', import.meta.url);
  const names = readdirSync(here).filter((name) => existsSync(new URL(`${name}/matrix.js`, here)));
  return Promise.all(
    names.sort().map(async (name) => {
      const {
        ROWS,
        INSTRUMENTATIONS = {},
        EXCEPTIONS = {},
        NOT_RUN = [],
      } = await import(`./${name}/matrix.js`);
      return {
        name,
        rows: ROWS,
        instrumentations: INSTRUMENTATIONS,
        exceptions: EXCEPTIONS,
        notRun: NOT_RUN,
      };
    }),
  );
}

/** Every pair of a client and an instrumentation in a folder. */
export function pairsOf({ rows }) {
  return rows.flatMap((row) => row.instrumentations.map((instrumentation) => ({ row, instrumentation })));
}

export function pairName({ row, instrumentation }) {
  return `${row.client}, ${instrumentation}`;
}

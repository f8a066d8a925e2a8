import { readFileSync } from 'node:fs';

/** The text of a file in `test/fixtures/exports`. */
export function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/exports/${name}`, import.meta.url), 'utf8');
}

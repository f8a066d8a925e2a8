/** The pages of queries as tests read them: sections, and the queries in them. */
import { readFileSync } from 'node:fs';

export const COOKBOOK = pageNamed('cookbook.md');
/** The questions of the cookbook that spans answer, in ClickHouse's SQL, under the same headings. */
export const SQL_COOKBOOK = pageNamed('cookbook-sql.md');
export const FINOPS = pageNamed('finops.md');

export const LANGUAGES = ['promql', 'traceql', 'jaeger', 'sql'] as const;

export interface Recipe {
  /** The heading that it stands under. */
  section: string;
  language: (typeof LANGUAGES)[number];
  /** Among those of that language under that heading, from 1. */
  number: number;
  query: string;
}

function pageNamed(name: string): string {
  return readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
}

const BLOCK = /^#{2,3} (.+)$|^```(\w+)\n([\s\S]*?)\n```$/gm;

export function recipesIn(markdown: string): Recipe[] {
  const found: Recipe[] = [];
  let section = '';
  for (const [, heading, language, query = ''] of markdown.matchAll(BLOCK)) {
    section = heading ?? section;
    const known = LANGUAGES.find((one) => one === language);
    if (known === undefined) continue;
    const before = found.filter((recipe) => recipe.section === section && recipe.language === known);
    found.push({ section, language: known, number: before.length + 1, query });
  }
  return found;
}

/** How GitHub names a heading in links. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}

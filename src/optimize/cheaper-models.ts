/** Smaller models of the same family, by the names that vendors give them. */

type Smaller = readonly [larger: RegExp, smaller: readonly string[]];

/** Nearest in ability first. A name that the price list does not know is passed over. */
const FAMILIES: readonly Smaller[] = [
  [/^(claude-)opus(-.*)$/, ['$1sonnet$2', '$1haiku$2']],
  [/^(claude-)sonnet(-.*)$/, ['$1haiku$2']],
  [/^(claude-3(?:-\d)?-)opus$/, ['$1sonnet', '$1haiku']],
  [/^(claude-3(?:-\d)?-)sonnet$/, ['$1haiku']],
  [/^(gpt-\d[\d.]*o?|o\d)$/, ['$1-mini', '$1-nano']],
  [/^(gpt-\d[\d.]*)-mini$/, ['$1-nano']],
  [/^(gemini-\d[\d.]*-)pro$/, ['$1flash', '$1flash-lite']],
  [/^(gemini-\d[\d.]*-)flash$/, ['$1flash-lite']],
  [/^(mistral-)large(-latest)?$/, ['$1medium$2', '$1small$2']],
  [/^(mistral-)medium(-latest)?$/, ['$1small$2']],
];

/** A date or `latest` at the end names a snapshot of the same model. */
const SNAPSHOT = /-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/;

/** Names that may be cheaper models of the family of `model`; empty when no family is known. */
export function smallerModels(model: string): string[] {
  const name = model.toLowerCase().replace(SNAPSHOT, '');
  for (const [larger, smaller] of FAMILIES) {
    if (larger.test(name)) return smaller.map((pattern) => name.replace(larger, pattern));
  }
  return [];
}

/** Smaller models of the same family, found by the vendors' naming patterns. */

type Smaller = readonly [larger: RegExp, smaller: readonly string[]];

/** Most capable first. Names that are not in the price list are skipped. */
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

/** A trailing date or `latest` marks a snapshot of the same model. */
const SNAPSHOT = /-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/;

/** Names of possibly cheaper models in the family of `model`. Empty when the family is unknown. */
export function smallerModels(model: string): string[] {
  const name = model.toLowerCase().replace(SNAPSHOT, '');
  for (const [larger, smaller] of FAMILIES) {
    if (larger.test(name)) return smaller.map((pattern) => name.replace(larger, pattern));
  }
  return [];
}

/** The names in usage objects, each with what it counts. */
import { type Meaning, meaningOf } from './count-names.js';

/** Names looked up so far. Clients use about a hundred; a made-up one is looked up each time once there are more. */
const MAX_NAMES = 2_000;

/** No count has a longer name. Splitting a longer one into words would take too long. */
const MAX_NAME_CHARS = 100;
const LONG_NAME = '…';

/** Bills, the size that decides about Perplexity's fee, Cohere's billed units, and objects that are read on their own. */
const APART =
  /cost|pydantic_ai_gateway|search_?context_?size|^(?:billed_?units|meta|raw|iterations|modelUsage)$/i;

/** A name and its position below other names. The names form a tree, so no path string is built for each count. */
export class Name {
  private readonly inside = new Map<string, Name>();
  readonly meaning: Meaning;
  /** True for an object that is not read by the meaning of its name. */
  readonly isApart: boolean;

  constructor(readonly path: readonly string[]) {
    this.meaning = path.length === 0 ? 'unknown' : meaningOf(path);
    this.isApart = APART.test(path.at(-1) ?? '');
  }

  at(key: string): Name {
    if (key.length > MAX_NAME_CHARS) return new Name([...this.path, LONG_NAME]);
    const known = this.inside.get(key);
    if (known !== undefined) return known;
    const name = new Name([...this.path, key]);
    if (namesKnown < MAX_NAMES) {
      namesKnown += 1;
      this.inside.set(key, name);
    }
    return name;
  }
}

let namesKnown = 0;
const root = new Name([]);

/** The name of the object that a record stands in, or empty. */
export function nameOf(around: string): Name {
  return around === '' ? root : root.at(around);
}

/** The names that the sources read: keys of span attributes and shapes of usage. A key added there is fuzzed too. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import spanFixtures from '../../fixtures/span-attributes.json' with { type: 'json' };
import usageFixtures from '../../fixtures/usage-shapes.json' with { type: 'json' };

const SOURCES = fileURLToPath(new URL('../../../src/', import.meta.url));

/** The wings in which attributes of spans are read. */
const READERS = ['usage', 'processor', 'pipeline', 'spans'];

/** Recorded usage objects, and responses around them. */
export const USAGE_SHAPES: readonly unknown[] = usageFixtures.cases.flatMap(({ usage }) => [
  usage,
  { id: 'response', model: 'gpt-4o', usage },
]);

/** The attributes of recorded spans. */
export const SPAN_SHAPES: readonly Record<string, unknown>[] = spanFixtures.cases.map(
  ({ attributes }) => attributes,
);

/** Keys that we write ourselves: under these names the audit reads what we said. */
export const WRITTEN = /^(?:cost[._]|task\.|agent\.|step\.|session\.(?!id$)|gen_ai\.usage\.cost)/;

/** Every span attribute key that is read: string literals with a dot, `a.name`, and the keys of recorded spans. */
export const SPAN_KEYS: readonly string[] = [
  ...new Set([...keysInSources(), ...SPAN_SHAPES.flatMap(Object.keys)]),
].filter((key) => !WRITTEN.test(key));

function keysInSources(): string[] {
  const files = READERS.flatMap((wing) =>
    readdirSync(join(SOURCES, wing)).map((name) => join(SOURCES, wing, name)),
  );
  const texts = [...files, join(SOURCES, 'attributes.ts')].map((file) => readFileSync(file, 'utf8'));
  return texts.flatMap((text) => [
    ...[...text.matchAll(/'([a-z_][\w]*(?:\.[\w-]+)+)'/gi)].map(([, key = '']) => key),
    ...[...text.matchAll(/\ba\.([a-z_]\w*)\b/gi)].map(([, key = '']) => key),
  ]);
}

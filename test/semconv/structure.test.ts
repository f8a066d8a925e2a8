/**
 * What `weaver registry check` would find, as far as it can be told without it: the shape of the files after Weaver's JSON
 * schema of the format `definition/2`, and that every reference leads somewhere.
 */
import { readFileSync } from 'node:fs';
import * as core from '@opentelemetry/semantic-conventions/incubating';
import { describe, expect, it } from 'vitest';
import * as address from '../../src/address.js';
import { PACKAGE_VERSION } from '../../src/version.js';
import { packageJson } from '../package/package-json.js';
import {
  type Attribute,
  attributes,
  type Definitions,
  events,
  files,
  groups,
  keysOf,
  manifest,
  metrics,
  spans,
  upstreamKeys,
} from '../support/registry.js';

const COMMON = ['brief', 'stability'];
const COMMON_OPTIONAL = ['note', 'deprecated', 'annotations'];
/** Per list of a file: the keys that an entry must have, and those that it may have. */
const SHAPES: Record<string, { required: string[]; optional: string[] }> = {
  attributes: { required: ['key', 'type', ...COMMON], optional: ['examples', ...COMMON_OPTIONAL] },
  attribute_groups: { required: ['id', 'visibility', 'attributes'], optional: [] },
  spans: {
    required: ['type', 'kind', 'name', ...COMMON],
    optional: ['attributes', 'requirement_level', ...COMMON_OPTIONAL],
  },
  metrics: {
    required: ['name', 'instrument', 'unit', ...COMMON],
    optional: ['attributes', 'requirement_level', ...COMMON_OPTIONAL],
  },
  events: {
    required: ['name', ...COMMON],
    optional: ['attributes', 'requirement_level', ...COMMON_OPTIONAL],
  },
};
const MEMBER = { required: ['id', 'value', 'stability'], optional: ['brief', 'note', 'deprecated'] };
const REFERENCE = { required: ['ref'], optional: ['requirement_level', 'brief', 'note', 'examples'] };
const STABILITY = ['stable', 'development', 'alpha', 'beta', 'release_candidate'];
const TYPES = /^(template\[)?(boolean|int|double|string)(\[\])?\]?$/;
const LEVELS = ['required', 'recommended', 'opt_in'];

const GENAI = readFileSync(new URL('../fixtures/genai-attributes.txt', import.meta.url), 'utf8').split('\n');
const genaiNames = GENAI.filter((line) => line !== '' && !line.startsWith('#'));
const coreNames = Object.entries(core).flatMap(([name, value]) => (name.startsWith('ATTR_') ? [value] : []));

describe('the files of the registry', () => {
  it.each([...files])('%s has the shape of definition/2', (_, { file_format, ...lists }) => {
    expect(file_format).toBe('definition/2');
    for (const [name, entries] of Object.entries(lists)) {
      for (const entry of entries) expect(faultsOf(entry, SHAPES[name]), JSON.stringify(entry)).toEqual([]);
    }
  });

  it('define each name once', () => {
    const named = (of: (file: Definitions) => string[]) => [...files.values()].flatMap(of);
    const lists = [
      named((file) => file.attributes?.map(({ key }) => key) ?? []),
      named((file) => file.attribute_groups?.map(({ id }) => id) ?? []),
      named((file) => file.spans?.map(({ type }) => type) ?? []),
      named((file) => file.metrics?.map(({ name }) => name) ?? []),
    ];
    for (const names of lists) {
      expect(names.length).toBeGreaterThan(5);
      expect(new Set(names).size, 'twice').toBe(names.length);
    }
  });

  it('have attributes with a type, and examples of that type', () => {
    for (const attribute of attributes.values()) {
      expect(attribute.key).toMatch(/^[a-z][a-z_]*(\.[a-z][a-z_]*)*$/);
      expect(faultsOfType(attribute), attribute.key).toEqual([]);
    }
  });

  it('have briefs that are sentences', () => {
    for (const { brief } of [...attributes.values(), ...spans, ...metrics, ...events])
      expect(brief).toMatch(/^[A-Z`].*\.$/);
  });

  it('say by what a former name was replaced', () => {
    const former = [...attributes.values()].flatMap(({ deprecated }) => deprecated ?? []);
    expect(former.length).toBeGreaterThan(1);
    for (const { reason, renamed_to, note } of former) {
      if (reason === 'renamed') expect(genaiNames).toContain(renamed_to);
      else expect([reason, typeof note]).toEqual(['obsoleted', 'string']);
    }
  });
});

describe('the signals of the registry', () => {
  const owners = [
    ...spans.map((span) => ({ name: span.type, list: span.attributes })),
    ...metrics.map((metric) => ({ name: metric.name, list: metric.attributes })),
    ...events.map((event) => ({ name: event.name, list: event.attributes })),
    ...[...groups.values()].map((group) => ({ name: group.id, list: group.attributes })),
  ];

  it.each(owners)('$name refers to what there is, once each', ({ list = [] }) => {
    for (const reference of list) {
      if (reference.ref_group !== undefined) {
        expect(Object.keys(reference)).toEqual(['ref_group']);
        expect([...groups.keys()]).toContain(reference.ref_group);
      } else expect(faultsOf(reference, REFERENCE), JSON.stringify(reference)).toEqual([]);
    }
    const keys = keysOf(list);
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  });

  it('use every group and every attribute', () => {
    const references = owners.flatMap(({ list = [] }) => list);
    const used = new Set(references.flatMap(({ ref, ref_group }) => ref ?? ref_group ?? []));
    expect([...groups.keys(), ...attributes.keys()].filter((name) => !used.has(name))).toEqual([]);
  });

  it('refer to upstream names of the versions that the manifest names', () => {
    expect(upstreamKeys.size).toBeGreaterThan(20);
    for (const key of upstreamKeys) expect(key.startsWith('gen_ai.') ? genaiNames : coreNames).toContain(key);
  });

  it('do not define a name that upstream has', () => {
    expect([...attributes.keys()].filter((key) => genaiNames.includes(key))).toEqual([]);
  });
});

describe('the manifest', () => {
  const [genai, general] = manifest.dependencies;

  it('names the GenAI registry in the version whose names are committed', () => {
    const version = /^# GenAI semantic conventions (\S+)$/.exec(GENAI[0] ?? '')?.[1];
    expect(version).toBe('0.1.0');
    expect(genai?.schema_url).toMatch(new RegExp(`/gen-ai/${version}$`));
    expect(genai?.registry_path).toMatch(
      new RegExp(`/semantic-conventions-genai\\.git@v${version}\\[model\\]$`),
    );
    expect(GENAI.slice(0, 5).join(' ')).toMatch(
      /open-telemetry\/semantic-conventions-genai.*20\d\d-\d\d-\d\d/,
    );
  });

  it('names the general registry in the version of the package that the names are checked against', () => {
    const entry = import.meta.resolve('@opentelemetry/semantic-conventions');
    const { version } = JSON.parse(readFileSync(new URL('../package.json', entry), 'utf8'));
    expect(general?.schema_url).toBe(`https://opentelemetry.io/schemas/${version}`);
    expect(general?.registry_path).toMatch(new RegExp(`/semantic-conventions\\.git@v${version}\\[model\\]$`));
  });

  it('has the version of the package', () => {
    expect(manifest.schema_url.split('/').at(-1)).toBe(PACKAGE_VERSION);
  });

  it('has a placeholder for an address as long as there is none', () => {
    const placeholder = new URL(manifest.schema_url).hostname.endsWith('.invalid');
    expect(placeholder).toBe(address.SCHEMA_URL === '');
    if (!placeholder) expect(manifest.schema_url).toBe(address.SCHEMA_URL);
    expect(address.SCHEMA).toEqual(placeholder ? undefined : { schemaUrl: address.SCHEMA_URL });
  });

  it('gets its address together with the package', () => {
    const missing = address.WAITING_FIELDS.filter((field) => !(field in packageJson));
    expect(missing).toEqual(address.SCHEMA_URL === '' ? [...address.WAITING_FIELDS] : []);
  });
});

/** The faults of an entry by the keys that it has and the values that are the same for all. */
function faultsOf(entry: object, shape: { required: string[]; optional: string[] } | undefined): string[] {
  if (shape === undefined) return ['an unknown list'];
  const keys = Object.keys(entry);
  const { kind, instrument, visibility, stability, requirement_level } = { ...entry } as Record<
    string,
    unknown
  >;
  return [
    ...shape.required.filter((key) => !keys.includes(key)).map((key) => `no ${key}`),
    ...keys.filter((key) => ![...shape.required, ...shape.optional].includes(key)).map((key) => `key ${key}`),
    ...oneOf(stability, STABILITY),
    ...oneOf(kind, ['internal', 'client', 'server', 'producer', 'consumer']),
    ...oneOf(instrument, ['counter', 'updowncounter', 'gauge', 'histogram']),
    ...oneOf(visibility, ['internal', 'public']),
    ...(typeof requirement_level === 'object'
      ? conditionFaults(requirement_level)
      : oneOf(requirement_level, LEVELS)),
  ];
}

function oneOf(value: unknown, allowed: readonly string[]): string[] {
  return value === undefined || allowed.some((one) => one === value) ? [] : [`value ${value}`];
}

function conditionFaults(level: object | null): string[] {
  const [[name, text] = [], ...others] = Object.entries(level ?? {});
  return name === 'conditionally_required' && typeof text === 'string' && others.length === 0
    ? []
    : ['level'];
}

function faultsOfType({ type, examples }: Attribute): string[] {
  if (typeof type !== 'string') {
    const ids = type.members.map(({ id }) => id);
    return [
      ...type.members.flatMap((member) => faultsOf(member, MEMBER)),
      ...ids.filter((id, at) => ids.indexOf(id) !== at),
      ...type.members.filter(({ id, value }) => id !== value).map(({ id }) => `value of ${id}`),
    ];
  }
  if (!TYPES.test(type)) return [`type ${type}`];
  if (examples === undefined || examples.length === 0) return ['no examples'];
  const [, , base, isList] = TYPES.exec(type) ?? [];
  const values = isList ? examples.flat() : examples;
  return values.filter((value) => !isOf(value, base)).map((value) => `example ${value}`);
}

function isOf(value: unknown, base: string | undefined): boolean {
  if (base === 'int') return Number.isSafeInteger(value);
  return typeof value === (base === 'double' ? 'number' : base);
}

/** The registry in `semconv/`, as its files are written, and what it says when references are followed. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

const FOLDER = new URL('../../semconv/', import.meta.url);

export interface EnumMember {
  id: string;
  value: string;
}

export interface Attribute {
  key: string;
  type: string | { members: EnumMember[] };
  brief: string;
  examples?: unknown[];
  stability?: string;
  deprecated?: { reason: string; renamed_to?: string; note?: string };
}

export interface Reference {
  ref?: string;
  ref_group?: string;
  requirement_level?: string | { conditionally_required: string };
}

interface Group {
  id: string;
  attributes: Reference[];
}

interface Signal {
  brief: string;
  attributes?: Reference[];
}

export interface SpanType extends Signal {
  type: string;
  name: { note: string };
}

export interface Metric extends Signal {
  name: string;
  instrument: 'counter' | 'updowncounter' | 'gauge' | 'histogram';
  unit: string;
  stability?: string;
}

export interface EventType extends Signal {
  name: string;
}

export interface Definitions {
  file_format?: unknown;
  attributes?: Attribute[];
  attribute_groups?: Group[];
  spans?: SpanType[];
  metrics?: Metric[];
  events?: EventType[];
}

export const manifest: { schema_url: string; dependencies: { schema_url: string; registry_path: string }[] } =
  parse(readFileSync(new URL('manifest.yaml', FOLDER), 'utf8'));

/** The files with definitions, by name. */
export const files: ReadonlyMap<string, Definitions> = new Map(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yaml') && name !== 'manifest.yaml')
    .map((name) => [name, parse(readFileSync(new URL(name, FOLDER), 'utf8'))]),
);

const all = [...files.values()];
export const attributes: ReadonlyMap<string, Attribute> = new Map(
  all.flatMap((file) => file.attributes ?? []).map((attribute) => [attribute.key, attribute]),
);
export const groups: ReadonlyMap<string, Group> = new Map(
  all.flatMap((file) => file.attribute_groups ?? []).map((group) => [group.id, group]),
);
export const spans: readonly SpanType[] = all.flatMap((file) => file.spans ?? []);
export const metrics: readonly Metric[] = all.flatMap((file) => file.metrics ?? []);
export const events: readonly EventType[] = all.flatMap((file) => file.events ?? []);

/** Names that backends, or earlier conventions, gave. All other attributes that the registry defines are ours. */
export const namesOfOthers: ReadonlySet<string> = new Set(
  files.get('names-of-others.yaml')?.attributes?.map(({ key }) => key),
);
export const ownAttributes: readonly Attribute[] = [...attributes.values()].filter(
  ({ key }) => !namesOfOthers.has(key),
);

/** Every attribute of a list of references, groups followed. A key that is there twice comes twice. */
export function keysOf(references: readonly Reference[] = []): string[] {
  return references.flatMap(({ ref, ref_group }) => {
    if (ref !== undefined) return [ref];
    return keysOf(groups.get(ref_group ?? '')?.attributes);
  });
}

/** `string` for an enum. */
export function baseType({ type }: Attribute): string {
  return typeof type === 'string' ? type.replace(/^template\[(.*)\]$/, '$1') : 'string';
}

export function isTemplate({ type }: Attribute): boolean {
  return typeof type === 'string' && type.startsWith('template[');
}

/** The values of an enum. */
export function valuesOf(key: string): string[] {
  const type = attributes.get(key)?.type;
  if (type === undefined || typeof type === 'string') throw new Error(`${key} is no enum`);
  return type.members.map(({ value }) => value);
}

/** The attribute that a key on a span or metric is of; the template for a key with its prefix. */
export function definitionOf(key: string): Attribute | undefined {
  const known = attributes.get(key);
  if (known !== undefined) return known;
  return ownAttributes.find((attribute) => isTemplate(attribute) && key.startsWith(`${attribute.key}.`));
}

/** Attributes of other registries that ours refers to. */
export const upstreamKeys: ReadonlySet<string> = new Set(
  [...groups.values(), ...spans, ...metrics, ...events]
    .flatMap((owner) => owner.attributes ?? [])
    .flatMap(({ ref }) => (ref === undefined || attributes.has(ref) ? [] : [ref])),
);

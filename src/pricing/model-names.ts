/** The price list entries that a model's name may stand for, most certain first. */

import { type ResolvedProvider, resolveProvider, vendorOfModel } from './providers.js';

export interface Candidate {
  /** Id in the price list. */
  provider: string;
  model: string;
  /** True if a prefix, a path or an ARN around the name was removed. */
  rewritten: boolean;
  /** True if the call names another provider, or one that is unknown. */
  guessed: boolean;
}

/** The model inside a path, and the provider to which the path belongs. */
interface Unwrapped {
  model: string;
  provider?: string;
}

/**
 * Kinds of Bedrock resource that are billed as the model they name. Other kinds are not: the ARN of a custom model also
 * contains its base model.
 */
const BEDROCK_ARN = /^arn:aws[a-z-]*:bedrock:[^/]*:(?:foundation-model|inference-profile)\/(.+)$/;
const VERTEX_PATH = /^(?:projects\/[^/]+\/locations\/([^/]+)\/)?publishers\/[^/]+\/models\/(.+)$/;
const BEDROCK_ID =
  /^(?:(?:us|eu|apac|global|jp|au|ca|in|us-gov)\.)?(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek|qwen|openai|writer|nvidia)\.[a-z]/;
const MAX_GATEWAY_PREFIXES = 3;

/** `model` must be lower-case and trimmed. Returns no candidates for a name without a model, such as an opaque ARN. */
export function candidates(provider: ResolvedProvider, model: string): Candidate[] {
  const found: Candidate[] = [];
  const plain = unwrap(model);
  if (plain === undefined || provider.kind === 'self-hosted') return found;
  const rewritten = plain.model !== model;
  if (provider.id !== undefined) addOwn(found, provider.id, plain.model, rewritten);
  const passesOn = provider.kind === 'open' || provider.id === 'openrouter';
  // Many providers are called through OpenAI's client, so the model may belong to another vendor.
  if (!passesOn && provider.kind !== 'unknown' && provider.id !== 'openai' && !BEDROCK_ID.test(plain.model))
    return found;
  const guessed = !passesOn;
  if (plain.provider !== undefined)
    found.push({ provider: plain.provider, model: plain.model, rewritten, guessed });
  addVendor(found, plain.model, rewritten, guessed);
  return found;
}

function addOwn(found: Candidate[], provider: string, model: string, rewritten: boolean): void {
  found.push({ provider, model, rewritten, guessed: false });
  const slash = model.indexOf('/');
  if (slash < 0 || provider === 'openrouter') return;
  const head = resolveProvider(model.slice(0, slash)).id;
  // A host's own list may omit the vendor prefix. OpenAI's list has no models of other vendors.
  if (head === provider || provider !== 'openai') {
    found.push({ provider, model: model.slice(slash + 1), rewritten: true, guessed: false });
  }
}

/**
 * Adds the vendors that a gateway's name spells out (`openrouter/anthropic/claude-…`), or that the bare name
 * implies.
 */
function addVendor(found: Candidate[], name: string, rewritten: boolean, guessed: boolean): void {
  let model = name;
  let isRewritten = rewritten;
  // Only OpenRouter has free variants: the vendor bills the model and has no such name.
  const isFreeVariant = name.endsWith(':free');
  for (let round = 0; round < MAX_GATEWAY_PREFIXES; round++) {
    const slash = model.indexOf('/');
    const head = slash < 0 ? undefined : resolveProvider(model.slice(0, slash));
    if (head === undefined || (head.kind !== 'own' && head.kind !== 'open')) break;
    model = unwrap(model.slice(slash + 1))?.model ?? '';
    isRewritten = true;
    if (head.id !== undefined && (!isFreeVariant || head.id === 'openrouter'))
      found.push({ provider: head.id, model, rewritten: true, guessed });
  }
  if (isFreeVariant) {
    found.push({ provider: 'openrouter', model: name, rewritten: true, guessed });
    return;
  }
  const vendor = BEDROCK_ID.test(model) ? 'aws' : vendorOfModel(model);
  if (vendor !== undefined)
    found.push({ provider: vendor, model, rewritten: isRewritten, guessed: guessed && vendor !== 'aws' });
}

function unwrap(model: string): Unwrapped | undefined {
  if (model.startsWith('arn:')) {
    const id = BEDROCK_ARN.exec(model)?.[1];
    return id === undefined ? undefined : { model: id, provider: 'aws' };
  }
  const vertex = VERTEX_PATH.exec(model)?.[2];
  if (vertex !== undefined) return { model: vertex, provider: 'google' };
  if (model.startsWith('projects/')) return undefined;
  if (model.startsWith('models/')) return { model: model.slice('models/'.length) };
  return { model };
}

/** True for the path of a model on Vertex with a place that is not the global endpoint. */
export function isRegional(model: string): boolean {
  return (VERTEX_PATH.exec(model)?.[1] ?? 'global') !== 'global';
}

/** True for a name that says where the model runs: a path on Vertex, a profile on Bedrock. */
export function namesPlace(model: string): boolean {
  if (VERTEX_PATH.exec(model)?.[1] !== undefined) return true;
  const id = unwrap(model)?.model ?? '';
  return id.startsWith('global.') ? BEDROCK_ID.test(id) : withoutPlace(id) !== undefined;
}

/**
 * The id of a Bedrock model without the region of its profile (`eu.`), which costs as much as the region itself.
 * Undefined for other names and for the global profile, which is cheaper for some models.
 */
export function withoutPlace(model: string): string | undefined {
  if (!BEDROCK_ID.test(model) || model.startsWith('global.')) return undefined;
  const [, withVendor] = withoutRegion(model);
  return withVendor === model ? undefined : withVendor;
}

/** Suffixes that do not make it another model: a snapshot's date, a revision, `latest`. */
const VERSION_SUFFIX =
  /(?:[-@]20\d{2}(?:-?(?:0[1-9]|1[0-2])(?:-?(?:0[1-9]|[12]\d|3[01]))?)|[-@](?:latest|default)|-\d{3,4}|-v\d+(?::\d+)?|:\d+)$/;

/** The name itself, then with one more version suffix removed each time. */
export function withoutVersions(model: string): string[] {
  const names = [model];
  for (let name = model; ; ) {
    const shorter = name.replace(VERSION_SUFFIX, '');
    if (shorter === name || shorter === '') return names;
    names.push(shorter);
    name = shorter;
  }
}

/** A Bedrock id with its region, with only its vendor, and bare. Other names are returned unchanged. */
export function withoutRegion(model: string): string[] {
  if (!BEDROCK_ID.test(model)) return [model];
  const withVendor = model.replace(/^[a-z-]+\.(?=[a-z0-9]+\.[a-z])/, '');
  return [model, withVendor, withVendor.slice(withVendor.indexOf('.') + 1)];
}

export interface NameVariant {
  name: string;
  /** True if a prefix was removed. */
  rewritten: boolean;
  /** True if a version suffix was removed. */
  shortened: boolean;
}

/** The names under which an app's own tables may list a model, most certain first. */
export function nameVariants(model: string): NameVariant[] {
  const plain = unwrap(model)?.model ?? model;
  const parts = plain.split('/');
  const tails = parts.map((_, i) => parts.slice(i).join('/')).flatMap(withoutRegion);
  return [...new Set([model, ...tails])].flatMap((tail) =>
    withoutVersions(tail).map((name) => ({ name, rewritten: tail !== model, shortened: name !== tail })),
  );
}

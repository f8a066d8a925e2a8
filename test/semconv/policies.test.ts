/** What holds for every name of ours: the rules that an OpenTelemetry project would write as Rego for Weaver. */
import { describe, expect, it } from 'vitest';
import {
  type Attribute,
  attributes,
  baseType,
  groups,
  keysOf,
  metrics,
  namesOfOthers,
  ownAttributes,
} from '../support/registry.js';

const SCOPES = ['agent', 'task', 'session'] as const;
const ROLL_UP_GROUPS = [...groups.keys()].filter((id) => /\.(roll_up|progress)$/.test(id));

/** What is below `gen_ai.usage.` though it is no token count of the conventions: each for backends that read it. */
const ALLOWED_USAGE = [
  'gen_ai.usage.cost',
  'gen_ai.usage.cost.amount',
  'gen_ai.usage.cost.currency',
  'gen_ai.usage.cost.source',
  'gen_ai.usage.cache_creation.input_tokens',
];

describe('money', () => {
  it('is a double whose key ends in _usd, or its int twin in whole nano-dollars', () => {
    expect(ownAttributes.filter(({ key }) => key.includes('usd')).length).toBeGreaterThan(20);
    expect(ownAttributes.flatMap(moneyFaults)).toEqual([]);
  });

  it('has a double beside every int twin', () => {
    const twins = ownAttributes.filter(({ key }) => key.endsWith('_usd_nanos'));
    expect(twins).toHaveLength(SCOPES.length);
    for (const { key } of twins) expect([...attributes.keys()]).toContain(key.replace('_nanos', ''));
  });

  it('is counted in dollars by metrics whose name ends in usd, and by no others', () => {
    for (const { name, unit } of metrics) expect(unit === '{USD}', name).toBe(/[._]usd$/.test(name));
  });

  it('would be noticed under another key or type', () => {
    const brief = 'Cost.';
    expect(moneyFaults({ key: 'cost.total', type: 'double', brief })).toEqual(['cost.total']);
    expect(moneyFaults({ key: 'cost.total_usd', type: 'int', brief })).toEqual(['cost.total_usd']);
    expect(moneyFaults({ key: 'cost.usd_total', type: 'double', brief })).toEqual(['cost.usd_total']);
    expect(moneyFaults({ key: 'cost.total_usd_nanos', type: 'double', brief })).toEqual([
      'cost.total_usd_nanos',
    ]);
  });
});

describe('roll-ups', () => {
  const rollUps = new Set(ROLL_UP_GROUPS.flatMap((id) => keysOf(groups.get(id)?.attributes)));
  const leaves = ['own_cost', 'own_cost.for_backends'].flatMap((id) => keysOf(groups.get(id)?.attributes));

  it('have no key of a leaf, so that no sum over spans counts a dollar twice', () => {
    expect(rollUps.size).toBeGreaterThan(70);
    expect(leaves).toContain('cost_usd');
    expect(leaves.filter((key) => rollUps.has(key))).toEqual([]);
  });

  it('are under the name of their scope', () => {
    for (const key of rollUps) expect(key).toMatch(/^(agent|task|session|step)\./);
  });

  it('are the same for an agent, a task and a session', () => {
    const [agent, ...others] = SCOPES.map(rollUpOf);
    expect(agent).toHaveLength(24);
    for (const other of others) expect(other).toEqual(agent);
  });
});

describe('names that are not ours', () => {
  it('are below gen_ai. only where they are in the file of such names', () => {
    expect(ownAttributes.filter(({ key }) => key.startsWith('gen_ai.'))).toEqual([]);
  });

  it('are below gen_ai.usage. only where backends read them, for they turn what is there into tokens', () => {
    const usage = [...namesOfOthers].filter((key) => key.startsWith('gen_ai.usage.'));
    expect(usage.sort()).toEqual(ALLOWED_USAGE.sort());
  });
});

/** The key of an attribute of ours that is a double without a unit in its name, or money of another form. */
function moneyFaults(attribute: Attribute): string[] {
  const { key } = attribute;
  const type = baseType(attribute);
  if (key.endsWith('_usd_nanos')) return type === 'int' ? [] : [key];
  if (key.endsWith('_usd')) return type === 'double' ? [] : [key];
  if (key.includes('usd')) return [key];
  // A double that is no money says what it is instead. The three of a budget are in the unit of its measure.
  const isOther = /(_seconds|_ratio|\.actions|\.budget\.(limit|spent|threshold))$/.test(key);
  return type === 'double' && !isOther ? [key] : [];
}

/** Names, types and texts of one scope's roll-up, without the name of the scope. */
function rollUpOf(scope: string): string[][] {
  const own = ownAttributes.filter(({ key }) => key.startsWith(`${scope}.`));
  return own
    .filter(({ key }) => attributes.has(key.replace(scope, 'agent')))
    .map((attribute) => [
      attribute.key.slice(scope.length + 1),
      baseType(attribute),
      attribute.brief.replace(new RegExp(`the ${scope}\\b(?! loop)`), 'the scope'),
    ]);
}

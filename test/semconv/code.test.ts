/** The registry against the sources, both ways: every name that is written is defined, and every one defined is written. */
import { createNoopMeter, type Meter } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import * as keys from '../../src/attributes.js';
import { COST_REASONS, NOT_BILLED } from '../../src/cost-reason.js';
import type { BudgetMeasure } from '../../src/errors.js';
import { Instruments } from '../../src/metrics/instruments.js';
import { LabelKeys, RUNAWAY_KEYS } from '../../src/metrics/label-keys.js';
import { HintKeys, hintTablesOf } from '../../src/optimize/hint-tables.js';
import { lossCounters } from '../../src/register/loss-metrics.js';
import type { CostKind, TaskOutcome } from '../../src/totals.js';
import { readSources } from '../package/sources.js';
import {
  attributes,
  definitionOf,
  events,
  isTemplate,
  metrics,
  ownAttributes,
  upstreamKeys,
  valuesOf,
} from '../support/registry.js';

const sources = readSources();

/** What other instrumentations write is read here, under names that are none of ours. */
const READERS = /^(usage|processor)\//;
/** Read for a warning: names of 0.1, which are not written any more. */
const FORMER = ['cost.team', 'cost.project', 'cost.feature', 'cost.customer'];
/** The SDK's own label for what is beyond its limit; attributes that are only read; one of the resource. */
const NOT_OURS = [
  'otel.metric.overflow',
  'gen_ai.request.stream',
  'cost.arguments_hash',
  'service.instance.id',
];

const constants = Object.values(keys).filter((value) => typeof value === 'string');
/** `into['task.id'] = …` and `into.cost_usd = …`. */
const assigned = namesIn(/\binto(?:\['([^']+)'\]|\.([a-z_]+)) = /g);
/** `{ 'cost.cache_result': … }`. */
const properties = namesIn(/'([a-z_]+(?:\.[a-z_]+)+)': /g);
/** Every string in the sources that could be a name of ours, read or written. */
const spelled = namesIn(/'((?:cost|task|session|agent|step|gen_ai)(?:\.[a-z_]+)+|cost_usd)'/g);
const labels = [
  ...Object.values(new LabelKeys()).flat(),
  ...Object.values(new HintKeys([])).flat(),
  ...RUNAWAY_KEYS,
];

const written = new Set([...constants, ...assigned, ...properties, ...labels]);
const metricNames = metrics.map(({ name }) => name);

describe('attributes of the sources', () => {
  it('are found where they are written', () => {
    expect(constants.length).toBeGreaterThan(50);
    expect(assigned).toContain('cost_usd');
    expect(assigned).toContain('langfuse.observation.cost_details');
    expect(assigned.length).toBeGreaterThan(100);
    expect(labels).toContain('task.nested');
    expect(properties).toContain('cost.cache_result');
  });

  it('are in the registry, or are upstream names that it refers to', () => {
    const known = (name: string) =>
      attributes.has(name) || upstreamKeys.has(name) || metricNames.includes(name);
    const all = new Set([...written, ...spelled]);
    expect([...all].filter((name) => !known(name) && ![...FORMER, ...NOT_OURS].includes(name))).toEqual([]);
  });

  it('are all that the registry has', () => {
    const unwritten = [...attributes.values()].filter(
      (attribute) => !isTemplate(attribute) && !written.has(attribute.key),
    );
    expect(unwritten.map(({ key }) => key)).toEqual([]);
    expect([...upstreamKeys].filter((key) => !written.has(key))).toEqual([]);
  });

  it('have the prefix of tags that the registry has', () => {
    const template = ownAttributes.find(isTemplate);
    expect(keys.costTag('team')).toBe(`${template?.key}.team`);
    expect(definitionOf(keys.costTag('team'))).toBe(template);
  });

  it('are the roll-ups of the type that checks their spelling', () => {
    const [, union = ''] = /^type RollUpName =\n([\s\S]*?);$/m.exec(sources.get('attributes.ts') ?? '') ?? [];
    const names = [...union.matchAll(/'(\w+)'/g)].map(([, name]) => name).sort();
    expect(names).toHaveLength(24);
    for (const scope of ['agent', 'task', 'session']) {
      const inRegistry = names.filter((name) => attributes.has(`${scope}.${name}`));
      expect(inRegistry).toEqual(names);
      expect(names.filter((name) => !assigned.includes(`${scope}.${name}`))).toEqual([]);
    }
  });
});

describe('values of the sources', () => {
  it('are the members of the enums', () => {
    const kinds: Record<CostKind, true> = {
      llm: true,
      tool: true,
      compute: true,
      storage: true,
      network: true,
      other: true,
    };
    const outcomes: Record<TaskOutcome, true> = { success: true, failure: true, cancelled: true };
    const measures: Record<BudgetMeasure, true> = {
      usd: true,
      llmUsd: true,
      toolUsd: true,
      tokens: true,
      llmCalls: true,
      toolCalls: true,
      steps: true,
      wallMillis: true,
    };
    expect(valuesOf('cost.kind')).toEqual(Object.keys(kinds));
    expect(valuesOf('task.outcome')).toEqual(Object.keys(outcomes));
    expect(valuesOf('cost.budget.measure')).toEqual(Object.keys(measures));
  });

  it('are the statuses, and their reasons in order', () => {
    const { estimated, unpriced, not_billed } = COST_REASONS;
    expect(valuesOf('cost.status')).toEqual(['free', ...Object.keys(COST_REASONS)]);
    expect(valuesOf('cost.status')).toContain(NOT_BILLED);
    expect(valuesOf('cost.reason')).toEqual([...estimated, ...unpriced, ...not_billed]);
  });
});

describe('metrics of the sources', () => {
  const histograms: { name: string; unit: string | undefined; description: string | undefined }[] = [];
  const meter: Meter = Object.assign(Object.create(createNoopMeter()), {
    createHistogram: (name: string, { unit, description }: { unit?: string; description?: string } = {}) => {
      histograms.push({ name, unit, description });
      return createNoopMeter().createHistogram(name);
    },
  });
  const ledger = new Instruments(meter, () => 0);
  hintTablesOf(ledger);
  const nothing = Object.create(null);
  const instruments = [
    ...[...ledger.observed, ...lossCounters(nothing, nothing, undefined)].map(({ kind, ...rest }) => ({
      ...rest,
      kind: kind.toLowerCase(),
    })),
    ...histograms.map((histogram) => ({ ...histogram, kind: 'histogram' })),
  ];

  it('are those of the registry, with instrument, unit and description', () => {
    const inSources = instruments.map(({ name, kind, unit, description }) => [name, kind, unit, description]);
    const inRegistry = metrics.map(({ name, instrument, unit, brief }) => [name, instrument, unit, brief]);
    expect(inSources.sort()).toEqual(inRegistry.sort());
  });
});

describe('events of the sources', () => {
  it('are those of the registry', () => {
    const names = namesIn(/\.addEvent\('([^']+)'/g);
    expect(names).toHaveLength(1);
    expect(names).toEqual(events.map(({ name }) => name));
  });
});

function namesIn(pattern: RegExp): string[] {
  const names = [...sources]
    .filter(([path]) => !READERS.test(path))
    .flatMap(([, source]) => [...source.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? ''));
  return [...new Set(names)];
}

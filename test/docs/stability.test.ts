import { readdirSync, readFileSync } from 'node:fs';
import { createNoopMeter } from '@opentelemetry/api';
import { describe, expect, it, vi } from 'vitest';
import * as attributes from '../../src/attributes.js';
import { Instruments } from '../../src/metrics/instruments.js';
import { PAGES } from '../support/readme.js';

const PAGE = PAGES.get('stability.md') ?? '';
const ROOT = new URL('../../', import.meta.url);
const [, frozen = '', mayChange = ''] = PAGE.split(
  /^## (?:Frozen|May change in a minor release|Not promised)$/m,
);

/** The names in a row of a table, or in a section without one. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

function section(heading: string): string {
  const start = frozen.indexOf(`### ${heading}\n`);
  const end = frozen.indexOf('\n### ', start + 1);
  return frozen.slice(start, end === -1 ? undefined : end);
}

function row(table: string, first: string): string[] {
  const line = table.split('\n').find((candidate) => candidate.startsWith(`| ${first} |`)) ?? '';
  return namesIn(line.slice(first.length + 4));
}

/** Rows of the tables only: the text below them repeats names. */
function rowsOf(table: string): string[] {
  const lines = table.split('\n').filter((line) => line.startsWith('|'));
  return lines.flatMap((line) => namesIn(line.split('|').slice(2).join('|')));
}

function read(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

describe('the page on stability', () => {
  it('has every attribute of ours in one of its lists', () => {
    const source = read('src/attributes.ts');
    const [, rollUps = ''] = /type RollUpName =([^;]+);/.exec(source) ?? [];
    const constants = Object.values(attributes).filter((name): name is string => typeof name === 'string');
    const ofOthers = /^(gen_ai|http|url|server|error)\./;
    const ours = [
      ...constants.filter((name) => !ofOthers.test(name)),
      ...[...rollUps.matchAll(/'(\w+)'/g)].map(([, name]) => `P.${name}`),
      ...['cost_usd', 'llm_cost_usd', 'tool_cost_usd', 'input_tokens', 'output_tokens'].map(
        (name) => `step.${name}`,
      ),
      'cost.tag.<key>',
    ];
    const listed = [...rowsOf(section('Attributes')), ...row(mayChange, 'attributes')];
    expect(listed.sort()).toEqual(ours.sort());
  });

  it('has every metric in one of its lists', () => {
    const meter = createNoopMeter();
    const spies = [
      vi.spyOn(meter, 'createObservableCounter'),
      vi.spyOn(meter, 'createObservableGauge'),
      vi.spyOn(meter, 'createObservableUpDownCounter'),
      vi.spyOn(meter, 'createHistogram'),
    ];
    new Instruments(meter, () => 0);
    const created = spies.flatMap((spy) => spy.mock.calls.map(([name]) => name));
    // `register` counts these two itself.
    const counted = [...created, 'cost.lost_spans', 'cost.lost_usd'];
    const [firstParagraph = ''] = section('Metrics').split('\n\nFrozen are');
    expect([...namesIn(firstParagraph), ...row(mayChange, 'metrics')].sort()).toEqual(counted.sort());
  });

  it('has the entries, the values of the root and the variables', async () => {
    const code = section('Code');
    const { name, exports } = JSON.parse(read('package.json'));
    const entries = Object.keys(exports).filter((entry) => !entry.endsWith('.json'));
    expect(row(code, 'entries')).toEqual(entries.map((entry) => name + entry.slice(1)));
    expect(row(code, 'values of the root')).toEqual(Object.keys(await import('../../src/index.js')).sort());
    const sources = readdirSync(new URL('src/register/', ROOT)).map((file) => read(`src/register/${file}`));
    const variables = new Set(sources.join('\n').match(/OTEL_AGENT_COST_[A-Z]+/g));
    expect(row(code, 'variables').sort()).toEqual([...variables].sort());
  });

  it('has the options of the processor', () => {
    const report = read('docs/api-report.md');
    const keysOf = (type: string) => {
      const [, body = ''] = new RegExp(`interface ${type} [^{]*\\{\\n([\\s\\S]*?)\\n\\}`).exec(report) ?? [];
      return [...body.matchAll(/^ {4}(\w+)\?:/gm)].map(([, key = '']) => key);
    };
    const keys = [...keysOf('CostSpanProcessorOptions'), ...keysOf('PriceOptions')];
    expect(keys.length).toBeGreaterThan(10);
    const [listed = ''] = section('Code').match(/^\| options of .*$/m) ?? [];
    expect(namesIn(listed).filter((name) => !/CostSpan|json/.test(name))).toEqual(keys.sort());
  });
});

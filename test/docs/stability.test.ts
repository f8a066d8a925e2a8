import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PAGES } from '../support/readme.js';
import { attributes, files, metrics } from '../support/registry.js';

const PAGE = PAGES.get('stability.md') ?? '';
const ROOT = new URL('../../', import.meta.url);
const [, frozen = '', mayChange = ''] = PAGE.split(
  /^## (?:Frozen|May change in a minor release|Not promised)$/m,
);

/** Names that backends and earlier conventions gave. */
const ofOthers = new Set(files.get('names-of-others.yaml')?.attributes?.map(({ key }) => key));
const OF_THE_CONVENTIONS = ['session.id', 'user.id'];

/** Roll-ups have the same names for three scopes; the page names them once. Tasks and sessions have others, too. */
const rollUps = [...attributes.keys()].flatMap((key) => (key.startsWith('agent.') ? key.slice(6) : []));
const SCOPE = new RegExp(`^(agent|task|session)\\.(?=(${rollUps.join('|')})$)`);

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
  it('lists the attributes of the registry by their stability', () => {
    const names = [...attributes.values()].flatMap(({ key, stability }) => {
      if (ofOthers.has(key)) return [];
      return [{ stability, name: key === 'cost.tag' ? 'cost.tag.<key>' : key.replace(SCOPE, 'P.') }];
    });
    const of = (wanted: string) => [
      ...new Set(names.flatMap(({ stability, name }) => (stability === wanted ? name : []))),
    ];
    expect(rowsOf(section('Attributes')).sort()).toEqual([...of('stable'), ...OF_THE_CONVENTIONS].sort());
    expect(row(mayChange, 'attributes').sort()).toEqual(of('development').sort());
  });

  it('lists the metrics of the registry by their stability', () => {
    const of = (wanted: string) =>
      metrics.flatMap(({ stability, name }) => (stability === wanted ? name : []));
    const [firstParagraph = ''] = section('Metrics').split('\n\nFrozen are');
    expect(namesIn(firstParagraph).sort()).toEqual(of('stable').sort());
    expect(row(mayChange, 'metrics').sort()).toEqual(of('development').sort());
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

/**
 * The part of docs/instrumentations.md on frameworks, from the support.json of every folder: a heading for each package.
 *
 *   node integration/real-sdks/frameworks/table.js    writes it between its markers
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MODES, pairName, pairsOf, readFolders } from './matrix.js';

const PAGE = new URL('../../../docs/instrumentations.md', import.meta.url);
const BEGIN = '<!-- frameworks: begin -->';
const END = '<!-- frameworks: end -->';

const LABELS = {
  tools: 'tool',
  subAgent: 'sub-agent',
  streamedSubAgent: 'streamed sub-agent',
  streamedTools: 'streamed tool',
  streamedCached: 'streamed cache',
  cached: 'cache',
  aborted: 'broken off',
};

export async function writeTable() {
  writeFileSync(PAGE, await withFrameworks(readFileSync(PAGE, 'utf8')));
}

export async function isTableCurrent() {
  const page = readFileSync(PAGE, 'utf8');
  return page === (await withFrameworks(page));
}

async function withFrameworks(page) {
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new Error(`docs/instrumentations.md must hold ${BEGIN} and ${END}`);
  const folders = await readFolders();
  const sections = folders.flatMap((folder) => sectionsOf(folder, readSupport(folder.name)));
  const notRun = folders.flatMap((folder) => folder.notRun.map(({ name, reason }) => `- ${name}: ${reason}`));
  const rest = notRun.length === 0 ? [] : ['### Not run', notRun.join('\n')];
  const titled = sections.sort((one, other) => one.title.localeCompare(other.title)).map(({ text }) => text);
  return `${page.slice(0, from + BEGIN.length)}\n\n${[...titled, ...rest].join('\n\n')}\n\n${page.slice(to)}`;
}

/** One for each package of the folder, with the rows of every API of it. */
function sectionsOf(folder, support) {
  if (support === undefined) return [];
  const groups = groupsOf(pairsOf(folder), ({ row }) => row.package);
  return [...groups].map(([name, pairs]) => {
    const { row } = pairs[0];
    const title = `### ${row.title ?? name} ${support.versions[row.installed ?? name]}`;
    const lines = new Set(pairs.flatMap((pair) => pair.row.line ?? []));
    const text = [
      title,
      ...[...lines].map((line) => `Write \`${line}\`.`),
      [
        tableRow([
          'used as',
          'spans of',
          'nothing added',
          '`withTask` around it',
          '`withLlm` around the call',
        ]),
        tableRow(['---', '---', '---', '---', '---']),
        ...pairs.map((pair) => tableRow(cellsOf(folder, support, pair))),
      ].join('\n'),
      `Run on ${support.date} with Node ${row.node ?? 24}.`,
    ].join('\n\n');
    return { title, text };
  });
}

function cellsOf(folder, support, pair) {
  const outcomes = support.verdicts[pairName(pair)] ?? {};
  const [bare, wrapped, task] = MODES.map((mode) => cell(outcomes[mode]));
  return [pair.row.api, instrumentationName(folder, support, pair.instrumentation), bare, task, wrapped];
}

/** One word where all scenarios came out the same, else each verdict with its scenarios. */
function cell(verdicts) {
  if (verdicts === undefined) return '';
  const groups = groupsOf(Object.keys(verdicts), (scenario) => short(verdicts[scenario]));
  if (groups.size === 1) return [...groups.keys()][0];
  return [...groups]
    .sort(([, one], [, other]) => other.length - one.length)
    .map(([verdict, scenarios], index) =>
      index === 0 ? verdict : `${scenarios.map((name) => LABELS[name] ?? name).join(', ')}: ${verdict}`,
    )
    .join('; ');
}

function short(verdict) {
  if (verdict.startsWith('known')) return 'wrong';
  return verdict === 'unseen' ? 'no span' : verdict;
}

function instrumentationName({ instrumentations }, { versions }, instrumentation) {
  if (instrumentation === 'none') return 'nobody';
  return instrumentation
    .split('+')
    .map((name) => {
      const entry = instrumentations[name];
      const variant = entry.variant === undefined ? '' : `, ${entry.variant}`;
      return `${entry.package} ${versions[entry.installed ?? entry.package]}${variant}`;
    })
    .join(' and ');
}

function readSupport(name) {
  const file = fileURLToPath(new URL(`${name}/support.json`, import.meta.url));
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** `Map.groupBy`, which Node 20 has not. */
function groupsOf(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function tableRow(cells) {
  return `| ${cells.join(' | ')} |`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeTable();

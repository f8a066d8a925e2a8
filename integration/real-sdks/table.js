/**
 * The tables by client and the recipes of docs/instrumentations.md, from support.json here and in every folder of frameworks/.
 *
 *   node integration/real-sdks/table.js    writes them between their markers
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DEFAULT_NODE, pairName as frameworkPairName, pairsOf, readFolders } from './frameworks/matrix.js';
import { CLIENTS, INSTRUMENTATIONS, pairName } from './matrix.js';
import { recipesOf } from './recipes.js';
import { nameOf } from './versions.js';

const PAGE = new URL('../../docs/instrumentations.md', import.meta.url);

/** Verdicts as a cell says them. */
const VERDICTS = {
  unseen: 'no span',
  unsure: 'right, flagged',
  'no cache': 'flagged',
  partial: 'flagged',
  'as recorded': 'as the span says',
};

/** Scenarios whose names are not plain words. */
const SCENARIOS = {
  tools: 'tool',
  subAgent: 'sub-agent',
  cached: 'cache',
  aborted: 'broken off',
  streamedHelper: 'streamed by a helper',
  streamedWithoutUsage: 'streamed without usage',
  streamedCached: 'streamed cache',
  streamedTools: 'streamed tool',
  streamedInside: 'stream read inside',
  streamedSubAgent: 'streamed sub-agent',
};

/** Of a call that was refused, these say no more than `cost_complete` does. */
const REFUSED = ['free', 'unknown', 'unseen'];

export function readSupport(folder = '.') {
  return JSON.parse(readFileSync(supportFile(folder), 'utf8'));
}

export function readPage() {
  return readFileSync(PAGE, 'utf8');
}

/** The page with the tables and recipes that belong there. Throws when a marker is missing. */
export async function withTables(page) {
  const folders = (await readFolders()).filter(({ name }) => existsSync(supportFile(`frameworks/${name}`)));
  const rows = [...rowsHere(), ...folders.flatMap(rowsOf)];
  const notRun = folders.flatMap((folder) => folder.notRun.map(({ name, reason }) => `- ${name}: ${reason}`));
  const sections = [...groupsOf(rows, ({ title }) => title)]
    .sort(([one], [other]) => one.localeCompare(other, 'en'))
    .map(([title, group]) => section(title, group));
  if (notRun.length > 0) sections.push(`### Not run\n\n${notRun.join('\n')}`);
  const recipes = recipesOf(folders.map(({ name }) => name));
  return between(between(page, 'support table', sections.join('\n\n')), 'recipes', recipes);
}

export async function writeTables() {
  writeFileSync(PAGE, await withTables(readPage()));
}

function between(page, name, text) {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/instrumentations.md must hold ${begin} and ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`;
}

/** The rows of matrix.js. */
function rowsHere() {
  const { date, versions, verdicts } = readSupport();
  return Object.entries(INSTRUMENTATIONS).flatMap(([instrumentation, { clients }]) =>
    clients.map((client) => {
      const { package: name, api, line } = CLIENTS[client];
      const outcomes = (wrapped) => verdicts[pairName({ client, instrumentation, wrapped })];
      return {
        title: name,
        version: versions[nameOf(CLIENTS[client])],
        api,
        line,
        spansOf: spansOf(INSTRUMENTATIONS, versions, instrumentation),
        bare: outcomes(false),
        withLlm: outcomes(true),
        run: `${date}, Node ${DEFAULT_NODE}`,
      };
    }),
  );
}

/** The rows of a folder of frameworks/. */
function rowsOf(folder) {
  const { date, versions, verdicts } = readSupport(`frameworks/${folder.name}`);
  return pairsOf(folder).flatMap((pair) => {
    const { row, instrumentation } = pair;
    const outcomes = verdicts[frameworkPairName(pair)];
    if (outcomes === undefined) return [];
    return {
      title: row.title ?? row.package,
      version: versions[nameOf(row)],
      api: row.api,
      line: row.line,
      spansOf: spansOf(folder.instrumentations, versions, instrumentation),
      bare: outcomes.bare,
      withLlm: outcomes.withLlm,
      withTask: outcomes.withTask,
      run: `${date}, Node ${row.node ?? DEFAULT_NODE}`,
      reasons: reasonsOf(folder.exceptions, frameworkPairName(pair)),
    };
  });
}

/** Why a row has scenarios that are known to be wrong. */
function reasonsOf(exceptions, name) {
  return Object.entries(exceptions).flatMap(([key, { reason }]) =>
    key === name || key.startsWith(`${name}, `) ? reason : [],
  );
}

function section(title, rows) {
  const lines = [...new Set(rows.flatMap(({ line }) => line ?? []))];
  const versions = [...new Set(rows.map(({ version }) => version))].join(', ');
  const reasons = [...new Set(rows.flatMap(({ reasons: some = [] }) => some))];
  const runs = [...new Set(rows.map(({ run }) => run))].join('; ');
  const hasTask = rows.some(({ bare, withTask }) => withTask !== undefined && cell(withTask) !== cell(bare));
  const columns = ['used as', 'spans of', 'bare', ...(hasTask ? ['in `withTask`'] : []), 'in `withLlm`'];
  const cells = rows.map(({ version, api, spansOf: spans, bare, withTask, withLlm }) => [
    versions.includes(',') ? `${version}, ${api}` : api,
    spans,
    cell(bare),
    ...(hasTask ? [cell(withTask)] : []),
    cell(withLlm),
  ]);
  return [
    `### ${title} ${versions}`,
    ...lines.map((line) => `\`\`\`js\n${line}\n\`\`\``),
    [columns, columns.map(() => '---'), ...merged(cells)].map(tableRow).join('\n'),
    ...(reasons.length > 0 ? [`\`wrong\`: ${reasons.join(' ')}`] : []),
    `Run on ${runs}.`,
  ].join('\n\n');
}

/** Rows that differ in how the client is used alone become one. */
function merged(rows) {
  return [...groupsOf(rows, ([_usedAs, ...cells]) => JSON.stringify(cells)).values()].map((group) => [
    group.map(([usedAs]) => usedAs).join('; '),
    ...group[0].slice(1),
  ]);
}

/** How most scenarios came out, then the others with their names. */
function cell(verdicts) {
  if (verdicts === undefined) return '';
  const told = Object.entries(verdicts).filter(
    ([scenario, verdict]) => scenario !== 'refused' || !REFUSED.includes(verdict),
  );
  const groups = [...groupsOf(told, ([, verdict]) => wordOf(verdict))];
  return groups
    .sort(([, one], [, other]) => other.length - one.length)
    .map(([word, scenarios], index) =>
      index === 0 ? word : `${scenarios.map(([name]) => SCENARIOS[name] ?? name).join(', ')}: ${word}`,
    )
    .join('; ');
}

function wordOf(verdict) {
  if (verdict.startsWith('known')) return 'wrong';
  return VERDICTS[verdict] ?? verdict;
}

function spansOf(instrumentations, versions, instrumentation) {
  if (instrumentation === 'none') return 'nobody';
  return instrumentation
    .split('+')
    .map((name) => {
      const entry = instrumentations[name];
      const variant = entry.variant === undefined ? '' : `, ${entry.variant}`;
      return `${entry.package} ${versions[nameOf(entry)]}${variant}`;
    })
    .join(' and ');
}

function tableRow(cells) {
  return `| ${cells.join(' | ')} |`;
}

/** `Map.groupBy`, which Node 20 has not. */
function groupsOf(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function supportFile(folder) {
  return fileURLToPath(new URL(`${folder}/support.json`, import.meta.url));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeTables();

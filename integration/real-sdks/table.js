/**
 * The support table, from support.json.
 *
 *   node integration/real-sdks/table.js    writes it between the markers in docs/instrumentations.md
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CLIENTS, INSTRUMENTATIONS, pairName } from './matrix.js';
import { nameOf } from './versions.js';

const PAGE = new URL('../../docs/instrumentations.md', import.meta.url);
const BEGIN = '<!-- support table: begin -->';
const END = '<!-- support table: end -->';

const COLUMNS = [
  'spans of',
  'client',
  'tokens',
  'cache',
  'streaming',
  'once',
  'with `withLlm`',
  'lost before we see it',
];

/** Scenarios of whole calls, not streamed and without a cache; then those that are streamed. */
const BASIC = ['plain', 'tools', 'parallel', 'reasoning'];
const STREAMED = ['streamed', 'streamedHelper', 'streamedTools', 'streamedInside'];

/** Verdicts that are not plainly right, as a cell says them. A call that was refused says nothing of tokens. */
const CELLS = {
  unseen: 'no span',
  unknown: 'unknown',
  'no cache': 'no',
  'as recorded': 'as the span says',
  partial: 'partly',
};

/** What is lost before a span reaches us, and how that shows. */
const LOSSES = {
  'cached tokens': ({ cached }) => cached === 'no cache',
  'usage of streams': ({ streamed }) => streamed === 'unknown',
  'counts of streams, one token over': ({ streamed }) => streamed === 'as recorded',
  'streams that are broken off': ({ aborted }) => aborted === 'unseen',
  'that a call was refused': ({ refused, retried }) =>
    ['unknown', 'unseen'].includes(refused) || retried === 'unsure',
};

/** The page with the table that belongs there. Throws when the markers are missing. */
export function withTable(page, support) {
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new Error(`docs/instrumentations.md must hold ${BEGIN} and ${END}`);
  return `${page.slice(0, from + BEGIN.length)}\n${table(support)}\n${page.slice(to)}`;
}

export function readSupport() {
  return JSON.parse(readFileSync(new URL('support.json', import.meta.url), 'utf8'));
}

export function readPage() {
  return readFileSync(PAGE, 'utf8');
}

function table(support) {
  const rows = Object.keys(INSTRUMENTATIONS).flatMap((instrumentation) =>
    INSTRUMENTATIONS[instrumentation].clients.map((client) => rowOf(support, instrumentation, client)),
  );
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(COLUMNS), line(COLUMNS.map(() => '---')), ...merged(rows).map(line)].join('\n');
}

/** Rows that differ in the client alone become one. */
function merged(rows) {
  const groups = Map.groupBy(rows, ([instrumentation, _client, ...cells]) =>
    JSON.stringify([instrumentation, cells]),
  );
  return [...groups.values()].map((group) => {
    const [instrumentation, _client, ...cells] = group[0];
    return [instrumentation, group.map(([, client]) => client).join('; '), ...cells];
  });
}

function rowOf({ versions, verdicts }, instrumentation, client) {
  const bare = verdicts[pairName({ client, instrumentation, wrapped: false })];
  const wrapped = verdicts[pairName({ client, instrumentation, wrapped: true })];
  const { package: name, api } = CLIENTS[client];
  return [
    instrumentationName(instrumentation, versions),
    `${name} ${versions[nameOf(CLIENTS[client])]}, ${api}`,
    cell(BASIC.map((scenario) => bare[scenario])),
    cell([bare.cached]),
    cell(STREAMED.map((scenario) => bare[scenario])),
    // A call that is counted twice is a failure, and not in the table.
    bare.plain === 'unseen' ? '' : 'yes',
    cell([...BASIC, 'cached', ...STREAMED].map((scenario) => wrapped[scenario])),
    bare.plain === 'unseen' ? 'everything' : lossesOf(bare).join('; '),
  ];
}

/** The verdicts of one kind of call in a word or two, `yes` when all are right. */
function cell(verdicts) {
  const others = new Set(verdicts.flatMap((verdict) => CELLS[verdict] ?? []));
  if (others.size === 0) return 'yes';
  return others.has('no span') ? 'no span' : [...others].join(', ');
}

function lossesOf(bare) {
  return Object.entries(LOSSES).flatMap(([loss, isLost]) => (isLost(bare) ? [loss] : []));
}

function instrumentationName(instrumentation, versions) {
  return instrumentation
    .split('+')
    .map((name) => {
      const entry = INSTRUMENTATIONS[name];
      if (entry.package === undefined) return 'nobody';
      const variant = entry.variant === undefined ? '' : `, ${entry.variant}`;
      return `${entry.package} ${versions[nameOf(entry)]}${variant}`;
    })
    .join(' and ');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(PAGE, withTable(readPage(), readSupport()));
}

/**
 * The measured tables of docs/backends.md, from measured.json.
 *
 *   node integration/ai-backends/page.js    writes them between their markers
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isSameUsd, sum } from './figures.js';
import { mlflow } from './programs/mlflow.js';
import { phoenix } from './programs/phoenix.js';

const PAGE = new URL('../../docs/backends.md', import.meta.url);
const MEASURED = new URL('measured.json', import.meta.url);
const PROGRAMS = { phoenix, mlflow };
const START = '<!-- measured: start -->';
const END = '<!-- measured: end -->';

export function readMeasured() {
  return JSON.parse(readFileSync(MEASURED, 'utf8'));
}

export function readPage() {
  return readFileSync(PAGE, 'utf8');
}

export function writeMeasured(measured) {
  writeFileSync(MEASURED, `${JSON.stringify(measured, null, 2)}\n`);
  writeFileSync(PAGE, withMeasured(readPage()));
}

/** The page with the measured tables. Throws when a marker is missing. */
export function withMeasured(page) {
  const from = page.indexOf(START);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new Error(`docs/backends.md needs ${START} and ${END}`);
  const measured = readMeasured();
  const names = Object.keys(PROGRAMS).filter((name) => measured[name] !== undefined);
  const sections = names.map((name) => sectionOf(PROGRAMS[name], measured[name]));
  return `${page.slice(0, from)}${START}\n\n${sections.join('\n\n')}\n\n${page.slice(to)}`;
}

function sectionOf({ title, packageName, dialect }, { version, date, traces, totals, kinds }) {
  const variants = ['gen_ai', dialect];
  const row = (name, ledgerUsd, shownUsd) =>
    `| ${name} | ${usd(ledgerUsd)} | ${variants.map((variant) => marked(shownUsd[variant], ledgerUsd)).join(' | ')} |`;
  const all = sum(traces.map(({ ledgerUsd }) => ledgerUsd));
  const rows = [
    ...traces.map(({ name, ledgerUsd, shownUsd }) => row(name, ledgerUsd, shownUsd)),
    ...Object.keys(totals[dialect]).map((name) =>
      row(`*All: ${name}*`, all, {
        gen_ai: totals.gen_ai[name],
        [dialect]: totals[dialect][name],
      }),
    ),
  ];
  return [
    `**${title} ${version}** (\`${packageName}\` from PyPI), run on ${date}:`,
    [
      `| trace | ledger | ${title}, default dialect | ${title}, \`${dialect}\` |`,
      '|---|---|---|---|',
      ...rows,
    ].join('\n'),
    ...(kinds?.[dialect] === undefined ? [] : [kindsText(kinds, dialect)]),
  ].join('\n\n');
}

function kindsText(kinds, dialect) {
  const text = (of) =>
    Object.entries(of)
      .map(([operation, names]) => `\`${operation}\` ${names}`)
      .join('; ');
  return `Kinds of spans by default: ${text(kinds.gen_ai)}.\nWith \`${dialect}\`: ${text(kinds[dialect])}.`;
}

function usd(amount) {
  return `$${Number(amount.toFixed(12))}`;
}

/** In bold where it is not what the ledger booked. */
function marked(shownUsd, ledgerUsd) {
  return isSameUsd(shownUsd, ledgerUsd) ? usd(shownUsd) : `**${usd(shownUsd)}**`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PAGE, withMeasured(readPage()));

import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { faultsOf, renderRunaway } from '../../examples/demo/runaway-figures.js';
import { codeBlocks, README } from '../support/readme.js';

const MAIN = fileURLToPath(new URL('../../examples/demo/main.js', import.meta.url));
const ESCAPE = String.fromCharCode(27);
const TIMEOUT_MILLIS = 60_000;
const TRIED = 16 * 48;

interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The shortest form of it. */
async function runaway(nodeArguments: string[] = []): Promise<Finished> {
  const child = spawn(process.execPath, [...nodeArguments, MAIN, '--runaway', '--seconds', '1'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  return { code, stdout, stderr };
}

/** The two cells of a row of the table, with the budget and without. */
function cells(output: string, row: string): [string, string] {
  const line = output.split('\n').find((candidate) => candidate.startsWith(row));
  const [left = '', right = ''] = line?.slice(row.length).trim().split(/ {2,}/) ?? [];
  return [left, right];
}

const FIGURES = [
  "the app's ledger",
  'sum(cost_usd) over the received spans',
  'cost.usd in the received metrics',
];

const usd = (amount: string) => Number(amount.replace('$', ''));

describe('--runaway', () => {
  let finished: Finished;
  beforeAll(async () => {
    finished = await runaway();
  }, TIMEOUT_MILLIS);

  test('ends with 0, and prints lines without control codes where there is no terminal', () => {
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    expect(finished.stdout).not.toContain(ESCAPE);
    expect(finished.stdout).not.toContain('\r');
    const [header = ''] = finished.stdout.split('\n');
    expect(header).toBe('Two sessions, each with sixteen copies of an agent that loops: 48 turns of 21 ms.');
  });

  test('the amounts climb, with the budget to the end of it at most', () => {
    const lines = [
      ...finished.stdout.matchAll(
        /^ *[\d.]+ s {2}budget of \$5\.00: \$([\d.]+), \d+ calls, \d+ refused \| no budget: \$([\d.]+)/gm,
      ),
    ];
    expect(lines.length).toBeGreaterThan(2);
    for (const column of [1, 2]) {
      const amounts = lines.map((line) => Number(line[column]));
      expect(amounts).toEqual(amounts.toSorted((a, b) => a - b));
      expect(new Set(amounts).size).toBeGreaterThan(2);
    }
    expect(Math.max(...lines.map(([, spent]) => Number(spent)))).toBeLessThanOrEqual(5);
  });

  test('calls are refused before they are made, and only under the budget', () => {
    const [tried, refused, received, receivedRefused] = [
      'calls that the agents tried to make',
      'refused before they were made',
      'calls that the provider stand-in received',
      'refused calls among these',
    ].map((row) => cells(finished.stdout, row).map(Number));
    expect(tried).toEqual([TRIED, TRIED]);
    expect(refused?.[0]).toBeGreaterThan(100);
    expect(refused?.[1]).toBe(0);
    expect(received).toEqual([TRIED - (refused?.[0] ?? 0), TRIED]);
    expect(receivedRefused).toEqual([0, 0]);
    expect(finished.stdout).toMatch(
      /The first refusal: budget of session "runaway, budget of \$5\.00" exceeded/,
    );
  });

  test('three places have one figure', () => {
    for (const column of [0, 1]) {
      const [ledger = '', ...others] = FIGURES.map((row) => cells(finished.stdout, row)[column]);
      expect(others).toEqual([ledger, ledger]);
      if (column === 0) expect(usd(ledger)).toBeGreaterThan(4.5);
      if (column === 0) expect(usd(ledger)).toBeLessThanOrEqual(5);
    }
    expect(cells(finished.stdout, 'compared in pico-dollars')).toEqual(['equal', 'equal']);
  });

  test('the README shows it, with the amount that it comes to without a budget', () => {
    const shown = codeBlocks('text').find((block) =>
      block.includes('calls that the provider stand-in received'),
    );
    expect(shown).toBeDefined();
    const rows = ['calls that the agents tried to make', 'refused before they were made', ...FIGURES];
    for (const row of rows) {
      const [withBudget, without] = cells(shown ?? '', row);
      expect(without, row).toBe(cells(finished.stdout, row)[1]);
      expect(withBudget, row).toMatch(/^\$4\.\d+$|^\d+$/);
    }
  });
});

/** A receiver that says that it took the first spans, and did not. */
const LOSES_SPANS = `data:text/javascript,${encodeURIComponent(`
  import { Server } from 'node:http';
  const { emit } = Server.prototype;
  let lost = false;
  Server.prototype.emit = function (event, request, response) {
    if (event !== 'request' || request.url !== '/v1/traces' || lost) return emit.apply(this, arguments);
    lost = true;
    request.resume().on('end', () => response.writeHead(200).end('{}'));
    return true;
  };`)}`;

test(
  'ends with 1 and says so when spans were lost on the way',
  async () => {
    const { code, stdout, stderr } = await runaway(['--import', LOSES_SPANS]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^(?:budget of \$5\.00|no budget): the figures differ: ledger \$[\d.]+, spans \$[\d.]+, metrics \$[\d.]+\n$/,
    );
    const equal = cells(stdout, 'compared in pico-dollars');
    expect(equal.toSorted()).toEqual(['different', 'equal']);
  },
  TIMEOUT_MILLIS,
);

describe('what counts as a fault', () => {
  const GOOD = {
    label: 'budget of $5.00',
    budgetPico: 5e12,
    tried: 10,
    refused: 4,
    received: 6,
    receivedRefused: 0,
    refusal: 'exceeded',
    ledgerPico: 4e12,
    spansPico: 4e12,
    metricsPico: 4e12,
  };

  test('nothing, where all is as it has to be', () => {
    expect(faultsOf(GOOD)).toEqual([]);
    expect(renderRunaway([GOOD])).toMatch(/compared in pico-dollars +equal\n/);
  });

  test.each([
    [
      'one pico-dollar in the spans',
      { spansPico: 4e12 + 1 },
      'the figures differ: ledger $4.00, spans $4.000000000001, metrics $4.00',
    ],
    [
      'one pico-dollar in the metrics',
      { metricsPico: 4e12 - 1 },
      'the figures differ: ledger $4.00, spans $4.00, metrics $3.999999999999',
    ],
    ['a refused call that was received', { receivedRefused: 1 }, 'the provider received 1 refused call'],
    [
      'a call that was not received',
      { received: 5 },
      'the provider received 5 calls, and 6 of 10 were not refused',
    ],
    [
      'more than the budget',
      { ledgerPico: 5e12 + 1, spansPico: 5e12 + 1, metricsPico: 5e12 + 1 },
      '$5.000000000001 was spent of a budget of $5.00',
    ],
  ])('%s', (_case, change, fault) => {
    const figures = { ...GOOD, ...change };
    expect(faultsOf(figures)).toEqual([`budget of $5.00: ${fault}`]);
    const isDifferent = renderRunaway([figures]).includes('different');
    expect(isDifferent).toBe(fault.startsWith('the figures differ'));
  });
});

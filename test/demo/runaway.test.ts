import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startLiveSpend } from '../../examples/demo/live-spend.js';
import { faultsOf, renderRunaway } from '../../examples/demo/runaway-figures.js';
import { codeBlocks } from '../support/readme.js';

const MAIN = fileURLToPath(new URL('../../examples/demo/main.js', import.meta.url));
const ESCAPE = String.fromCharCode(27);
// Three processes under load. Alone, it takes two seconds.
const TIMEOUT_MILLIS = 180_000;
const TRIED = 16 * 32;

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
    expect(header).toBe('Two sessions, each with sixteen copies of an agent that loops: 32 turns of 31 ms.');
  });

  test('the amounts climb, with the budget to the end of it at most', () => {
    const lines = [
      ...finished.stdout.matchAll(
        /^ *[\d.]+ s {2}budget of \$2\.00: \$([\d.]+), \d+ calls, \d+ refused \| no budget: \$([\d.]+)/gm,
      ),
    ];
    expect(lines.length).toBeGreaterThan(2);
    for (const column of [1, 2]) {
      const amounts = lines.map((line) => Number(line[column]));
      expect(amounts).toEqual(amounts.toSorted((a, b) => a - b));
      expect(new Set(amounts).size).toBeGreaterThan(2);
    }
    expect(Math.max(...lines.map(([, spent]) => Number(spent)))).toBeLessThanOrEqual(2);
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
      /The first refusal: budget of session "runaway, budget of \$2\.00" exceeded/,
    );
  });

  test('three places have one figure', () => {
    for (const column of [0, 1]) {
      const [ledger = '', ...others] = FIGURES.map((row) => cells(finished.stdout, row)[column]);
      expect(others).toEqual([ledger, ledger]);
      if (column === 0) expect(usd(ledger)).toBeGreaterThan(1.8);
      if (column === 0) expect(usd(ledger)).toBeLessThanOrEqual(2);
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
      expect(withBudget, row).toMatch(/^\$1\.\d+$|^\d+$/);
    }
  });
});

describe('the spending while it runs', () => {
  const WIDTH = 100;
  const spent = [0, 0];

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  });

  /** What is written within a second in which both runs spend. */
  function written(screen: { isTTY: boolean; width: number }): string {
    vi.useFakeTimers();
    let output = '';
    const stdout = { isTTY: screen.isTTY, write: (chunk: string) => (output += chunk) };
    const lanes = ['budget of $2.00', 'no budget'].map((label, lane) => ({
      label,
      budgetUsd: lane === 0 ? 2 : undefined,
      received: ['copy 1, turn 1'],
      receiver: {
        points: () => [
          { metric: 'cost.usd', value: spent[lane] ?? 0, attributes: {} },
          { metric: 'cost.calls', value: 7, attributes: {} },
          { metric: 'cost.budget.refusals', value: 2 - 2 * lane, attributes: {} },
        ],
      },
    }));
    const live = startLiveSpend(lanes, { seconds: 3, colour: false, width: screen.width, stdout });
    vi.advanceTimersByTime(600);
    spent.splice(0, 2, 2, 13);
    live.stop();
    vi.advanceTimersByTime(1000);
    return output;
  }

  test('is redrawn in place on a terminal', () => {
    vi.stubEnv('TERM', 'xterm');
    const frames = written({ isTTY: true, width: WIDTH }).split(`${ESCAPE}[2A`);
    expect(frames).toHaveLength(7);
    for (const frame of frames) {
      expect(frame).toMatch(/^\r[^\n]+\n\r[^\n]+\n$/);
      for (const line of frame.trimEnd().split('\n')) {
        expect(line.endsWith(`${ESCAPE}[K`)).toBe(true);
        expect(line.replace('\r', '').replace(`${ESCAPE}[K`, '').length).toBeLessThanOrEqual(WIDTH);
      }
    }
    // A full bar is seven times the budget.
    expect(frames.at(-1)).toBe(
      `\rbudget of $2.00  ${'█'.repeat(7)}${'·'.repeat(41)}    $2.00  7 calls, 2 refused${ESCAPE}[K\n` +
        `\rno budget        ${'█'.repeat(45)}${'·'.repeat(3)}   $13.00  7 calls${ESCAPE}[K\n`,
    );
  });

  test.each([
    ['no terminal', { isTTY: false, width: WIDTH }, 'xterm'],
    ['a terminal without control codes', { isTTY: true, width: WIDTH }, 'dumb'],
    ['a narrow terminal', { isTTY: true, width: 50 }, 'xterm'],
  ])('is lines on %s', (_case, screen, term) => {
    vi.stubEnv('TERM', term);
    const output = written(screen);
    expect(output).not.toContain(ESCAPE);
    expect(output.trimEnd().split('\n')).toHaveLength(3);
    expect(output).toContain(
      '  0.3 s  budget of $2.00: $2.00, 7 calls, 2 refused | no budget: $13.00, 7 calls\n',
    );
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
      /^(?:budget of \$2\.00|no budget): the figures differ: ledger \$[\d.]+, spans \$[\d.]+, metrics \$[\d.]+\n$/,
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

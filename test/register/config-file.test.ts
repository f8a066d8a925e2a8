import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { processorFromFile } from '../../src/register/config-file.js';

const lines: string[] = [];
vi.mock('../../src/register/notice.js', () => ({
  notice: (line: string) => void lines.push(line),
  messageOf: (error: unknown) => String(error),
}));
beforeEach(() => void lines.splice(0));

const folder = mkdtempSync(join(tmpdir(), 'otel-agent-cost-config-'));
const file = join(folder, 'agent-cost.json');
const open: { shutdown(): Promise<void> }[] = [];
afterEach(async () => {
  for (const processor of open.splice(0)) await processor.shutdown();
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(content: object): string[] {
  writeFileSync(file, JSON.stringify(content));
  open.push(processorFromFile(file));
  return lines.map((line) => line.replace(`${folder}/`, ''));
}

const USER = { usd: 5 };

it.each<[object, string[]]>([
  [
    { budgets: { user: { budgetUSD: 5 }, team: { usd: 9 } } },
    [
      'agent-cost.json: unknown option "budgets.user.budgetUSD"; did you mean "usd"? Not in force: the budget of each user',
    ],
  ],
  [
    { budget: { user: USER, session: USER } },
    [
      'agent-cost.json: unknown option "budget"; did you mean "budgets"? Not in force: the budget of each user, the budget of each session',
    ],
  ],
  [
    {
      budgets: { usr: USER, team: { usd: 'ten' } },
      tools: { 'web.search': { costUsd: -1 }, ok: { costUsd: 1 } },
    },
    [
      expect.stringMatching(
        /"tools\.web\.search\.costUsd" .*Not in force: the price of the tool "web\.search"$/,
      ),
      expect.stringMatching(
        /^agent-cost\.json: unknown option "budgets\.usr"; .*Not in force: the budget of each usr$/,
      ),
      expect.stringMatching(/"budgets\.team\.usd" must be .*\. Not in force: the budget of each team$/),
    ],
  ],
  [
    // A budget of a declared key falls with the declaration.
    { attributionKeys: ['Tenant'], budgets: { Tenant: USER } },
    [
      expect.stringMatching(/Not in force: the option "attributionKeys"$/),
      expect.stringMatching(/Not in force: the budget of each Tenant$/),
    ],
  ],
  [{ budgets: 5 }, [expect.stringMatching(/Not in force: the option "budgets"$/)]],
  [{ budgets: { user: USER }, tools: { search: { costUsd: 0.01 } } }, []],
])('%j names each thing that is not in force', (content, expected) => {
  expect(read(content)).toEqual(expected);
});

it('the rest of the file is in force', () => {
  writeFileSync(
    file,
    JSON.stringify({ budgets: { user: { budgetUSD: 5 } }, aliases: { mine: 'gpt-4o' }, oops: 1 }),
  );
  const processor = processorFromFile(file);
  open.push(processor);
  expect(lines).toHaveLength(2);
  expect(lines.join()).toContain('Not in force: the option "oops"');
});

it('a file that cannot be read says that budgets are not in force', () => {
  writeFileSync(file, '{ "budgets": ');
  open.push(processorFromFile(file));
  expect(lines).toEqual([expect.stringMatching(/could not be read: .*budgets and prices included$/)]);
});

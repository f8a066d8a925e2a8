import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COOKBOOK, FINOPS, type Recipe, recipesIn, SQL_COOKBOOK } from '../../../test/support/cookbook.js';
import type { Round } from '../support/agent-figures.js';
import { type Agents, startAgents } from '../support/agent-run.js';
import type { Answer } from '../support/answers.js';
import { eventually } from '../support/ask.js';
import { comparable } from '../support/comparable.js';
import { COOKBOOK_FIGURES, type Ids, SERVICE } from '../support/cookbook-figures.js';
import { askRecipe } from '../support/cookbook-queries.js';
import { FINOPS_FIGURES } from '../support/finops-figures.js';
import { type HastyRules, writeHastyRules } from '../support/hasty-rules.js';
import { Ledger, type OpenTask } from '../support/ledger.js';
import type { Rows } from '../support/panels/figures.js';
import { isSkipped } from '../support/programs/binaries.js';
import { SQL_FIGURES } from '../support/sql-figures.js';
import { LACKS_CLICKHOUSE, LACKS_TEMPO, type Stack, startStack } from '../support/stack.js';

const PAGES = [
  { page: 'cookbook', text: COOKBOOK, figures: COOKBOOK_FIGURES },
  { page: 'cookbook-sql', text: SQL_COOKBOOK, figures: SQL_FIGURES },
  { page: 'finops', text: FINOPS, figures: FINOPS_FIGURES },
];

const recipes = PAGES.flatMap(({ page, text, figures }) =>
  recipesIn(text).map((recipe) => {
    const key = `${recipe.section} / ${recipe.language} / ${recipe.number}`;
    return { ...recipe, name: `${page}: ${key}`, figure: figures[key] };
  }),
);

const LACKING = { traceql: LACKS_TEMPO, sql: LACKS_CLICKHOUSE, promql: false, jaeger: false };
const isAsked = ({ language }: Recipe) => !LACKING[language];
const asked = recipes.filter(isAsked);

/** How long all of this takes, with room to spare. */
const ROOM_MILLIS = 180_000;
const HOUR_MILLIS = 3_600_000;

/** Figures of a day change at midnight, and a forecast at every full hour. */
async function clearOfTheHour(): Promise<void> {
  const left = HOUR_MILLIS - (Date.now() % HOUR_MILLIS);
  if (left < ROOM_MILLIS) await setTimeout(left);
}

/** The value of an answer that is one number. */
function onlyOf(answer: Answer | Rows): number {
  const values = answer instanceof Map ? [...answer.values()] : [];
  return values.length === 1 ? values[0] : Number.NaN;
}

/** Rules build on rules, each evaluated once a second. */
const PATIENCE = { timeoutMillis: 30_000 };

/** Tempo's quantiles are right within the power of two. */
const isPowerOfTwo = (query: string) => query.includes('quantile_over_time');

/** A plan grows while it is asked for, by a cent in half a minute. */
const isOfNow = (query: string) => query.includes(':to_date');

function doublings(answer: Answer): Answer {
  return new Map([...answer].map(([quantile, nanos]) => [quantile, Math.log2(nanos)]));
}

it('has a figure of the ledger for every query of the cookbook, in SQL too, and of the page on FinOps', () => {
  const known = PAGES.flatMap(({ page, figures }) => Object.keys(figures).map((key) => `${page}: ${key}`));
  expect(known.sort()).toEqual(recipes.map(({ name }) => name).sort());
});

describe.skipIf(isSkipped('collector', 'prometheus', 'jaeger'))('the cookbook and the page on FinOps', () => {
  let rules: HastyRules;
  let stack: Stack;
  let agents: Agents;
  let open: OpenTask;
  const rounds: Round[] = [];
  let ids: Ids;
  let ledger: Ledger;

  beforeAll(async () => {
    await clearOfTheHour();
    rules = writeHastyRules({ shortWindows: true });
    stack = await startStack({ ruleFiles: [rules.pattern] });
    agents = startAgents({ endpoint: stack.otlpUrl, service: SERVICE });
    rounds.push(await agents.round({ seed: 1 }));
    const options = { name: 'resolve_ticket', sessionId: 'open', budgetUsd: 100 };
    open = { ...options, ...(await agents.openTask(options)) };
    ids = await findIds(stack, rounds[0]);
  }, 2 * ROOM_MILLIS);
  afterAll(async () => {
    await agents?.end();
    await stack?.stop();
    rules?.remove();
  });

  const answers: unknown[][] = [];
  describe.each([
    ['once they have worked', { openUsd: 0.5, more: false }],
    ['and again when they have spent more', { openUsd: 2, more: true }],
  ])('answers as the ledger of the agents, %s', (_when, { openUsd, more }) => {
    const seen: unknown[] = [];
    beforeAll(async () => {
      if (more) rounds.push(await agents.round({ seed: 2, scale: 3 }));
      open = { ...open, ...(await agents.spend(open.id, openUsd)) };
      ledger = new Ledger(rounds, [open]);
      answers.push(seen);
    });

    it.skip.each(recipes.filter((recipe) => !isAsked(recipe)))('$name', () => {});
    it.each(asked)('$name', async (recipe) => {
      const expected = recipe.figure?.(ledger, ids) ?? [];
      seen.push(comparable(expected));
      await eventually(
        () => askRecipe(stack, recipe, ids),
        (answer) => {
          if (isOfNow(recipe.query)) return expect(onlyOf(answer)).toBeCloseTo(onlyOf(expected), 1);
          if (!isPowerOfTwo(recipe.query)) return expect(comparable(answer)).toEqual(comparable(expected));
          const [shown, booked] = [answer, expected].map((one) => doublings(one as Answer));
          expect([...(shown?.keys() ?? [])]).toEqual([...(booked?.keys() ?? [])]);
          for (const [quantile, exponent] of booked ?? []) {
            expect(Math.abs(exponent - (shown?.get(quantile) ?? Number.NaN))).toBeLessThanOrEqual(1);
          }
        },
        PATIENCE,
      );
    });
  });

  it('says something else then, bar what is about one session or trace, the days before, shares, and counts of what goes on', () => {
    const [once, again] = answers;
    const same = asked.filter(
      (_recipe, index) => JSON.stringify(once?.[index]) === JSON.stringify(again?.[index]),
    );
    const expected = [
      'cookbook: Share of tasks that succeed / promql / 1',
      'cookbook: What a task costs as a rule / promql / 3',
      'cookbook: Cost of one session / traceql / 1',
      'cookbook: Cost of one session / jaeger / 1',
      'cookbook: Cost of one trace / traceql / 1',
      'cookbook: Cost of one trace / jaeger / 1',
      'cookbook: Tasks that run now / promql / 2',
      'cookbook: Cache hit rate of each tool / promql / 1',
      'cookbook: Whether metrics and traces agree / promql / 1',
      'cookbook: Counters that went down / promql / 1',
      'cookbook: Counters that went down / promql / 2',
      'cookbook-sql: Share of tasks that succeed / sql / 1',
      'cookbook-sql: Cost of one session / sql / 1',
      'cookbook-sql: Cost of one trace / sql / 1',
      'cookbook-sql: Cache hit rate of each tool / sql / 1',
      'cookbook-sql: Whether metrics and traces agree / sql / 1',
      'cookbook-sql: Whether metrics and traces agree / sql / 2',
      'finops: The last month, closed / promql / 1',
      'finops: This week against the week before / promql / 1',
      'finops: By task name / promql / 2',
      'finops: The trend / promql / 1',
    ];
    const names = asked.map(({ name }) => name);
    expect(same.map(({ name }) => name)).toEqual(expected.filter((name) => names.includes(name)));
  });
});

/** A session, and the trace that is one task and nothing else. */
async function findIds({ jaeger }: Stack, round: Round | undefined): Promise<Ids> {
  const sessionId = round?.tasks.find(({ name }) => name === 'resolve_ticket')?.sessionId ?? '';
  const taskId = round?.tasks.find(({ name }) => name === 'review_contract')?.id ?? '';
  const [task] = await eventually(
    async () =>
      (await jaeger.search(SERVICE, { 'task.id': taskId })).filter(
        ({ tags }) => tags['task.id'] === taskId && tags['task.cost_usd'] !== undefined,
      ),
    (spans) => expect(spans).toHaveLength(1),
  );
  return { SESSION_ID: sessionId, TRACE_ID: task?.traceId ?? '', taskId };
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COOKBOOK, type Recipe, recipesIn, SQL_COOKBOOK } from '../../../test/support/cookbook.js';
import type { Round } from '../support/agent-figures.js';
import { type Agents, startAgents } from '../support/agent-run.js';
import type { Answer } from '../support/answers.js';
import { eventually } from '../support/ask.js';
import { comparable } from '../support/comparable.js';
import { COOKBOOK_FIGURES, type Ids, SERVICE } from '../support/cookbook-figures.js';
import { askRecipe } from '../support/cookbook-queries.js';
import { type HastyRules, writeHastyRules } from '../support/hasty-rules.js';
import { Ledger, type OpenTask } from '../support/ledger.js';
import { isSkipped } from '../support/programs/binaries.js';
import { SQL_FIGURES } from '../support/sql-figures.js';
import { LACKS_CLICKHOUSE, LACKS_TEMPO, type Stack, startStack } from '../support/stack.js';

const figures = { ...COOKBOOK_FIGURES, ...SQL_FIGURES };

const recipes = [COOKBOOK, SQL_COOKBOOK].flatMap(recipesIn).map((recipe) => ({
  ...recipe,
  name: `${recipe.section} / ${recipe.language} / ${recipe.number}`,
}));

const LACKING = { traceql: LACKS_TEMPO, sql: LACKS_CLICKHOUSE, promql: false, jaeger: false };
const isAsked = ({ language }: Recipe) => !LACKING[language];
const asked = recipes.filter(isAsked);

/** Rules build on rules, each evaluated once a second. */
const PATIENCE = { timeoutMillis: 30_000 };

/** Tempo's quantiles are right within the power of two. */
const isPowerOfTwo = (query: string) => query.includes('quantile_over_time');

function doublings(answer: Answer): Answer {
  return new Map([...answer].map(([quantile, nanos]) => [quantile, Math.log2(nanos)]));
}

it('has a figure of the ledger for every query of the cookbook', () => {
  expect(Object.keys(figures).sort()).toEqual(recipes.map(({ name }) => name).sort());
});

describe.skipIf(isSkipped('collector', 'prometheus', 'jaeger'))('the cookbook', () => {
  let rules: HastyRules;
  let stack: Stack;
  let agents: Agents;
  let open: OpenTask;
  const rounds: Round[] = [];
  let ids: Ids;
  let ledger: Ledger;

  beforeAll(async () => {
    rules = writeHastyRules();
    stack = await startStack({ ruleFiles: [rules.pattern] });
    agents = startAgents({ endpoint: stack.otlpUrl, service: SERVICE });
    rounds.push(await agents.round({ seed: 1 }));
    const options = { name: 'resolve_ticket', sessionId: 'open', budgetUsd: 100 };
    open = { ...options, ...(await agents.openTask(options)) };
    ids = await findIds(stack, rounds[0]);
  });
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
      const expected = figures[recipe.name]?.(ledger, ids) ?? [];
      seen.push(comparable(expected));
      await eventually(
        () => askRecipe(stack, recipe, ids),
        (answer) => {
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

  it('says something else then, bar what is about one session or trace, shares, and counts of what goes on', () => {
    const [once, again] = answers;
    const same = asked.filter(
      (_recipe, index) => JSON.stringify(once?.[index]) === JSON.stringify(again?.[index]),
    );
    const expected = [
      'Share of tasks that succeed / promql / 1',
      'Cost of one session / traceql / 1',
      'Cost of one session / jaeger / 1',
      'Cost of one trace / traceql / 1',
      'Cost of one trace / jaeger / 1',
      'Tasks that run now / promql / 2',
      'Cache hit rate of each tool / promql / 1',
      'Whether metrics and traces agree / promql / 1',
      'Counters that went down / promql / 1',
      'Counters that went down / promql / 2',
      'Share of tasks that succeed / sql / 1',
      'Cost of one session / sql / 1',
      'Cost of one trace / sql / 1',
      'Cache hit rate of each tool / sql / 1',
      'Whether metrics and traces agree / sql / 1',
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

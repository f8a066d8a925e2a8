/** The overhead of a budget per call: asking for room, reserving it, counting the bill and releasing it. */
import { loadInternals } from '../internals.js';
import { median } from '../measure.js';

const TARGET_NANOS = 400;
const CALLS = 50_000;
const ROUNDS = 31;

async function budgetCheck() {
  // Not part of the public API: the wrappers use it.
  const { Account, Budget, readBudget, reserve } = await loadInternals(
    'ledger/account.js',
    'ledger/budget.js',
    'ledger/budget-terms.js',
    'ledger/room.js',
  );
  const levels = ['task', 'session'];
  const budgets = levels.map(
    (kind) => new Budget({ kind, name: kind }, new Account(), readBudget(kind, { budgetUsd: 5000 })),
  );
  const demand = {
    kind: 'tool',
    isBillable: true,
    hasPrice: true,
    pico: 30_000,
    tokens: 0,
    firmPico: 30_000,
    firmTokens: 0,
    steps: 0,
  };
  const request = { budgets, demand: () => demand };
  const posting = { kind: 'tool', pico: 20_000, llmCalls: 0, toolCalls: 1, failedCalls: 0, retries: 0 };
  const bill = { ...posting, unpricedCalls: 0, wastedPico: 0, savedPico: 0, tokens: undefined };
  const nanos = [];
  for (let round = -5; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    for (let call = 0; call < CALLS; call++) {
      const held = reserve(request);
      for (const budget of budgets) {
        budget.account.add(bill, 0);
        budget.review();
      }
      held.release();
    }
    if (round >= 0) nanos.push(Number(process.hrtime.bigint() - start) / CALLS);
  }
  return { value: median(nanos), target: TARGET_NANOS, unit: 'ns', detail: 'a call in 2 nested budgets' };
}

export const rows = { 'budget check': budgetCheck };

export function prepare() {}

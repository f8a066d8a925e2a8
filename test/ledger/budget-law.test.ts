import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Budget } from '../../src/ledger/budget.js';
import type { Limit } from '../../src/ledger/limit.js';
import {
  isKnown,
  Runner,
  type SimulatedCall,
  type Step,
  simulations,
} from '../support/budgets/simulation.js';

/** How budgets stand right after a call was let in or refused, itself left out. */
interface Standing {
  limit: Limit;
  spent: bigint;
  /** Of the other calls in flight here: what the estimates add up to, and who has none. */
  estimated: bigint;
  unknown: SimulatedCall[];
  /** The other calls in flight here. */
  others: SimulatedCall[];
}

function standing(runner: Runner, budget: Budget, at: number, but: SimulatedCall): Standing {
  const [limit] = budget.limits;
  if (limit === undefined) throw new Error('there is a limit');
  const others = runner.inFlight
    .map(({ call }) => call)
    .filter((call) => call !== but && call.budgets.includes(at));
  let estimated = 0n;
  for (const { estimatePico } of others) if (isKnown(estimatePico)) estimated += BigInt(estimatePico);
  const unknown = others.filter(({ estimatePico }) => !isKnown(estimatePico));
  return { limit, spent: BigInt(budget.spent(limit)), estimated, unknown, others };
}

/** True when the rule lets a call begin: what is spent, what others hold and its own estimate are within the limit. */
function fits({ call, around }: Step, { limit, spent, estimated, unknown, others }: Standing): boolean {
  if (spent >= limit.most || !unknown.every((other) => around.includes(other))) return false;
  // Inside calls that hold everything, a call without an estimate runs when nothing else does.
  if (!isKnown(call.estimatePico) && others.every((other) => around.includes(other))) return true;
  const own = isKnown(call.estimatePico) ? BigInt(call.estimatePico) : 0n;
  // Without an estimate, or with one of 0, there must be some room at least.
  return spent + estimated + (own || 1n) <= limit.most;
}

function standingsOf(step: Step, runner: Runner): Standing[] {
  return step.call.budgets.flatMap((at) => {
    const budget = runner.budgets[at];
    return budget === undefined ? [] : [standing(runner, budget, at, step.call)];
  });
}

describe('budgets, whatever runs inside what and ends when', () => {
  it('let a call begin exactly when every one around it has room', () => {
    fc.assert(
      fc.property(simulations, (simulation) => {
        new Runner(simulation, (step, runner) => {
          const hasRoom = standingsOf(step, runner).every((each) => fits(step, each));
          expect(step.refusal === undefined).toBe(hasRoom);
        }).run(simulation.calls);
      }),
      { numRuns: 300 },
    );
  });

  it('are passed by no more than what the calls in flight cost above their own estimates', () => {
    fc.assert(
      fc.property(simulations, (simulation) => {
        const runner = new Runner(simulation, ({ call, refusal }, { budgets, inFlight }) => {
          if (refusal !== undefined || !isKnown(call.estimatePico)) return;
          // What ends later moves from in flight to spent, so this holds until the next call begins.
          for (const at of call.budgets) {
            let total = budgets[at]?.account.total().toBigInt() ?? 0n;
            for (const other of inFlight) {
              if (other.call.budgets.includes(at)) total += withinItsEstimate(other.call);
            }
            expect(total <= (budgets[at]?.limits[0]?.most ?? 0n)).toBe(true);
          }
        });
        runner.run(simulation.calls);
        for (const [at, budget] of runner.budgets.entries()) {
          expect(budget.account.total().toBigInt()).toBe(runner.costPico[at]);
          expect(
            budget.holds.size === 0 && budget.limits.every((limit) => nothingReserved(budget, limit)),
          ).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

function nothingReserved(budget: Budget, limit: Limit): boolean {
  const { reserved, holders, alone } = budget.periodOf(limit);
  return reserved.isZero && holders.of('usd') === 0 && alone.of('usd') === 0;
}

/** What it costs, less what it costs above its own estimate. */
function withinItsEstimate({ costPico, estimatePico }: SimulatedCall): bigint {
  return isKnown(estimatePico) ? BigInt(Math.min(costPico, estimatePico)) : 0n;
}

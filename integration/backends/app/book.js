/**
 * What the ledger says of the work that is done, call by call: a call is what the totals of its task grew by. Calls of
 * one task are made one after the other, so that no other call is in the difference.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { BudgetExceededError, withAgent, withSession, withStep, withTask } from 'otel-agent-cost';

const PICO_PER_USD = 1e12;

/** Where work is done: whose totals grow by it, and what it is charged to. */
const here = new AsyncLocalStorage();

export class Book {
  calls = [];
  tasks = [];
  sessions = [];

  /** A session that lives in this process. */
  session(options, work) {
    return withSession(options, async (session) => {
      const place = { ...options.attribution, sessionId: session.id, totals: () => session.totals };
      await here.run(place, work);
      this.sessions.push({ id: session.id, totals: session.totals });
    });
  }

  /** A task. Its work gives how it ended, if not with one action; a task that throws has failed. */
  async task(options, work) {
    const around = here.getStore();
    const place = { sessionId: options.sessionId, ...around, ...options.attribution, taskName: options.name };
    const ended = { outcome: 'failure', actions: 0 };
    let handle;
    let error;
    await withTask(options, async (task) => {
      handle = task;
      const said = await here.run({ ...place, taskId: task.id, totals: () => task.totals }, work);
      Object.assign(ended, { outcome: 'success', actions: 1 }, said);
      state(task, ended);
    }).catch((thrown) => {
      error = thrown;
    });
    const { team, feature, customer, user, sessionId, taskName } = place;
    this.tasks.push({
      id: handle.id,
      name: taskName,
      ...{ team, feature, customer, user, sessionId },
      outcome: ended.outcome,
      actions: ended.actions,
      isNested: around?.taskId !== undefined,
      budgetUsd: options.budget?.usd,
      isStopped: error instanceof BudgetExceededError,
      totals: handle.totals,
    });
  }

  /** A task that nobody declares: the outermost span of a trace stands in for it. Alone in the session around it. */
  async undeclaredTask({ id, name }, work) {
    await within({ taskName: name, taskId: id }, work);
    const { sessionId, totals } = here.getStore();
    this.tasks.push({ id, name, sessionId, actions: 0, isNested: false, totals: totals() });
  }

  agent(name, work) {
    return withAgent(name, () => within({ agent: name }, work));
  }

  step(name, work) {
    return withStep(name, (step) => within({ step: step.number }, work));
  }

  /** One call and what the ledger booked for it; `facts` say what was called. */
  async call(facts, work) {
    const { totals, ...place } = here.getStore();
    const before = totals();
    let isRefused = false;
    try {
      await work();
    } catch (error) {
      isRefused = error instanceof BudgetExceededError;
      throw error;
    } finally {
      this.calls.push({ ...place, ...facts, isRefused, ...grownBy(before, totals()) });
    }
  }
}

/** Does work in a more narrow place than the one around. */
export function within(place, work) {
  return here.run({ ...here.getStore(), ...place }, work);
}

function state(task, { outcome, actions, reason }) {
  if (outcome === 'success') task.succeed({ actions });
  else if (outcome === 'failure') task.fail(reason);
  else task.cancel();
}

/** Dollars are rounded to what the ledger counts in: differences of doubles leave a rest. */
function grownBy(before, after) {
  const grown = {};
  for (const [key, value] of Object.entries(after)) {
    if (typeof value !== 'number') continue;
    const difference = value - before[key];
    grown[key] = key.endsWith('Usd') ? Math.round(difference * PICO_PER_USD) / PICO_PER_USD : difference;
  }
  return grown;
}

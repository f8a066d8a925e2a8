import { context } from '@opentelemetry/api';
import { withTask, withTool } from 'otel-agent-cost';

/** A task that goes on until it is told to finish, and spends what it is told to. */
export class OpenTask {
  constructor({ name, sessionId, budgetUsd }) {
    const finished = new Promise((resolve) => {
      this.letFinish = resolve;
    });
    const budget = { usd: budgetUsd, mode: 'observe' };
    this.ended = withTask({ name, sessionId, budget }, (task) => {
      this.task = task;
      this.inside = context.active();
      return finished;
    });
  }

  spend(costUsd) {
    return context.with(this.inside, () => withTool({ name: 'deep_search', costUsd }, async () => 'found'));
  }

  finish() {
    this.letFinish();
    return this.ended;
  }

  figures() {
    const { id, totals } = this.task;
    return { id, totals };
  }
}

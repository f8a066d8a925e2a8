/** Follows the tasks of a store: which grow, and which have ended. */

import type { Questions } from '../api.js';
import type { TaskDetail, TaskRow } from '../task-answers.js';

export interface Update {
  /** Tasks that have ended since the last time, with all their spans. */
  ended: TaskDetail[];
  /** Tasks that were printed as ended, and whose total has changed since. */
  corrected: TaskRow[];
  /** Tasks that still grow, or whose spans are still arriving. */
  growing: TaskDetail[];
}

/** Trees of more tasks than this are of no use on one screen. */
const MAX_GROWING = 8;
const PAGE = 1000;
/** Ended tasks whose total is remembered, to notice a correction. */
const MAX_REMEMBERED = 10_000;

export class TaskFeed {
  readonly #printed = new Map<string, string>();

  constructor(
    private readonly questions: Pick<Questions, 'tasks' | 'task'>,
    private readonly showsGrowing: boolean,
  ) {}

  /** The changes since the last call. With `isLast`, tasks whose spans are still arriving are ended, too. */
  async update(isLast = false): Promise<Update> {
    const update: Update = { ended: [], corrected: [], growing: [] };
    for (const row of await this.#rows()) {
      const before = this.#printed.get(row.id);
      if (before !== undefined) {
        if (before === row.total.pico) continue;
        this.#remember(row);
        update.corrected.push(row);
      } else if (row.state === 'ended') await this.#addEnded(row, update, isLast);
      else if (this.showsGrowing && update.growing.length < MAX_GROWING) await this.#addGrowing(row, update);
    }
    return update;
  }

  /** The latest tasks, in the order of their starts. */
  async #rows(): Promise<TaskRow[]> {
    const { rows } = await this.questions.tasks({
      window: 'all',
      sort: 'start',
      descending: true,
      limit: PAGE,
    });
    return rows.reverse();
  }

  async #addEnded(row: TaskRow, update: Update, isLast: boolean): Promise<void> {
    const detail = await this.questions.task(row.id);
    if (detail === undefined) return;
    // A task's own span often arrives before those of its calls.
    if (detail.check.state === 'waiting' && !isLast) {
      if (update.growing.length < MAX_GROWING) update.growing.push(detail);
      return;
    }
    this.#remember(detail.task);
    update.ended.push(detail);
  }

  async #addGrowing(row: TaskRow, update: Update): Promise<void> {
    const detail = await this.questions.task(row.id);
    if (detail !== undefined) update.growing.push(detail);
  }

  #remember({ id, total }: TaskRow): void {
    this.#printed.delete(id);
    this.#printed.set(id, total.pico);
    if (this.#printed.size <= MAX_REMEMBERED) return;
    const [oldest] = this.#printed.keys();
    if (oldest !== undefined) this.#printed.delete(oldest);
  }
}

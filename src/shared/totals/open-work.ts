/** Work that continues in this process below a task that has ended, while a caller waits for its costs. */
import type { CallerTask } from './caller-tasks.js';

/** A caller that waits looks at its row up to ten times a second. */
const LOOK_MILLIS = 100;

export class OpenWork {
  private readonly tasks = new Set<CallerTask>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly noteEnd: (task: CallerTask) => void) {}

  add(task: CallerTask): void {
    this.tasks.add(task);
    this.schedule();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** No event tells when the last span below another one has ended. */
  private schedule(): void {
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      for (const task of this.tasks) {
        if (task.hasOpenWork) continue;
        this.tasks.delete(task);
        this.noteEnd(task);
      }
      if (this.tasks.size > 0) this.schedule();
    }, LOOK_MILLIS);
    this.timer.unref();
  }
}

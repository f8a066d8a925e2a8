import { monitorEventLoopDelay } from 'node:perf_hooks';

const TICK_MILLIS = 10;

const RESOLUTION_MILLIS = 1;

/** Starts so many tasks a second, whether earlier ones have ended or not. */
export class Load {
  /** The number of the next task. */
  next;
  /** One for each run: a histogram that is enabled again counts the time in between. */
  #delays = [];

  constructor(task, first, tasksPerSecond) {
    this.next = first;
    this.task = task;
    this.tasksPerSecond = tasksPerSecond;
  }

  /** Resolves when that many more have ended. The event-loop delay is watched meanwhile. */
  run(count) {
    const [first, startMillis] = [this.next, performance.now()];
    const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MILLIS });
    this.#delays.push(delay);
    let open = count;
    delay.enable();
    return new Promise((resolve, reject) => {
      const ended = () => {
        open -= 1;
        if (open > 0) return;
        delay.disable();
        resolve();
      };
      const timer = setInterval(() => {
        const due = Math.min(count, ((performance.now() - startMillis) / 1000) * this.tasksPerSecond);
        while (this.next - first < due) this.task(this.next++).then(ended, reject);
        if (this.next - first >= count) clearInterval(timer);
      }, TICK_MILLIS);
    });
  }

  /** The median over all runs, and the longest of all. */
  delayMillis() {
    const percentile = (percent) => median(this.#delays.map((delay) => late(delay.percentile(percent))));
    return {
      mean: median(this.#delays.map((delay) => late(delay.mean))),
      '99 % are below': percentile(99),
      '99.9 % are below': percentile(99.9),
      longest: Math.max(...this.#delays.map((delay) => late(delay.max))),
    };
  }
}

/** The histogram has the time between two looks at the clock. */
function late(nanos) {
  return Math.max(nanos / 1e6 - RESOLUTION_MILLIS, 0.001);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

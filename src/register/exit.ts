import { messageOf, notice } from './notice.js';

/** The longest delay of an exit for data that is still to be sent, in milliseconds. */
export const EXIT_FLUSH_MILLIS = 5_000;

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** The work at the end of the process. */
export interface ExitWork {
  /** True when spans ended or something was counted since the last flush began. */
  hasNews(): boolean;
  /** Sends everything, that of worker threads too. Resolves when it has been answered. */
  flush(): Promise<void>;
  /** Sends the rest without the event loop, within this time. */
  flushSync(timeoutMillis: number): void;
  /** Reports to the user. Called once. */
  report(): void;
}

/** Flushes at a natural exit, at `process.exit`, after an uncaught error and at a signal that ends the process. */
export function flushAtExit(work: ExitWork): void {
  let gaveUp = false;
  let reported = false;
  const report = () => {
    if (!reported) quietly(() => work.report());
    reported = true;
  };

  process.on('beforeExit', () => {
    if (!work.hasNews()) return;
    void within(work.flush(), EXIT_FLUSH_MILLIS).then((inTime) => {
      if (inTime) return;
      gaveUp = true;
      // The app has nothing left to do; only unanswered requests keep the process alive.
      process.exit();
    });
  });
  const atEnd = () => {
    if (!gaveUp) quietly(() => work.flushSync(EXIT_FLUSH_MILLIS));
    report();
  };
  process.on('exit', atEnd);
  if (process.versions.deno !== undefined) {
    atOtherEndsOfDeno(atEnd, () => {
      gaveUp = true;
    });
  }
  for (const signal of SIGNALS) {
    flushAtSignal(signal, work, () => {
      gaveUp = true;
      report();
    });
  }
}

/** Deno emits no `exit` event after an uncaught error, nor for `Deno.exit`, which emits `unload` instead. */
function atOtherEndsOfDeno(atEnd: () => void, afterUnload: () => void): void {
  const addEventListener: unknown = Reflect.get(globalThis, 'addEventListener');
  if (typeof addEventListener === 'function') {
    const onUnload = () => {
      atEnd();
      // If `exit` follows, it need not wait for the same receiver again.
      afterUnload();
    };
    Reflect.apply(addEventListener, globalThis, ['unload', onUnload]);
  }
  process.on('uncaughtExceptionMonitor', () => {
    // If the app has a listener, the process continues.
    if (process.listenerCount('uncaughtException') === 0) atEnd();
  });
}

/**
 * Flushes on a signal, which then ends the process as it would without this package. A second signal ends it at
 * once.
 */
function flushAtSignal(signal: NodeJS.Signals, work: ExitWork, beforeEnd: () => void): void {
  let ending = false;
  const end = () => {
    beforeEnd();
    process.off(signal, onSignal);
    process.kill(process.pid, signal);
  };
  const onSignal = () => {
    // The app's own listener decides what the signal means. However the process then ends, it is flushed.
    if (hasAppListener(signal)) return;
    if (ending) {
      end();
      return;
    }
    ending = true;
    void within(work.flush(), EXIT_FLUSH_MILLIS).then(end);
  };
  process.on(signal, onSignal);
}

/** An error in this package must not change how the app ends. */
function quietly(work: () => void): void {
  try {
    work();
  } catch (error) {
    notice(`internal error at exit, please report it: ${messageOf(error)}`);
  }
}

const SIGNAL_EXIT = [Symbol.for('signal-exit emitter'), '__signal_exit_emitter__'];

/**
 * True when another listener may want the process to continue. Listeners of the package `signal-exit` (3 and 4,
 * used by many command-line libraries) do not count: they end the process, but only when there is no other
 * listener.
 */
function hasAppListener(signal: NodeJS.Signals): boolean {
  let passive = 1;
  for (const name of SIGNAL_EXIT) {
    const emitter: unknown = Reflect.get(process, name);
    if (
      typeof emitter === 'object' &&
      emitter !== null &&
      'count' in emitter &&
      typeof emitter.count === 'number'
    ) {
      passive += emitter.count;
    }
  }
  return process.listenerCount(signal) > passive;
}

/** Resolves to true when the work finished in time, successfully or not, and otherwise to false. */
async function within(work: Promise<void>, timeoutMillis: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, timeoutMillis, false);
  });
  // Failures are in the tally and reported at the end.
  const done = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The longest an exit is held up for spans that still have to go out, in milliseconds. */
const EXIT_FLUSH_MILLIS = 5_000;

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** What there is to do when the process ends. */
export interface ExitWork {
  /** True when spans ended or something was counted since the last flush began. */
  hasNews(): boolean;
  /** Sends everything; resolves when it was answered. */
  flush(): Promise<void>;
  /** Sends what is left, without the event loop. */
  flushSync(timeoutMillis: number): void;
  /** Says what the user should know. Called once. */
  report(): void;
}

/** Flushes at a natural exit, at `process.exit`, after an uncaught error and at a signal that ends the process. */
export function flushAtExit(work: ExitWork): void {
  let gaveUp = false;
  let reported = false;
  const report = () => {
    if (!reported) work.report();
    reported = true;
  };

  process.on('beforeExit', () => {
    if (!work.hasNews()) return;
    void within(work.flush(), EXIT_FLUSH_MILLIS).then((inTime) => {
      if (inTime) return;
      gaveUp = true;
      // The app had nothing left to do; only requests without an answer keep the process alive.
      process.exit();
    });
  });
  const atEnd = () => {
    if (!gaveUp) work.flushSync(EXIT_FLUSH_MILLIS);
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

/** Deno has no event `exit` in `Deno.exit`, which has `unload` instead, nor after an uncaught error. */
function atOtherEndsOfDeno(atEnd: () => void, afterUnload: () => void): void {
  const addEventListener: unknown = Reflect.get(globalThis, 'addEventListener');
  if (typeof addEventListener === 'function') {
    const onUnload = () => {
      atEnd();
      // Where `exit` follows, it need not wait for the same receiver again.
      afterUnload();
    };
    Reflect.apply(addEventListener, globalThis, ['unload', onUnload]);
  }
  process.on('uncaughtExceptionMonitor', () => {
    // A listener of the app's means that the process goes on.
    if (process.listenerCount('uncaughtException') === 0) atEnd();
  });
}

/** A signal ends the process as it would have without us, after a flush; a second one ends it at once. */
function flushAtSignal(signal: NodeJS.Signals, work: ExitWork, beforeEnd: () => void): void {
  let ending = false;
  const end = () => {
    beforeEnd();
    process.off(signal, onSignal);
    process.kill(process.pid, signal);
  };
  const onSignal = () => {
    // The app's own listener decides what the signal means; whichever way the process then ends, it is flushed.
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

const SIGNAL_EXIT = [Symbol.for('signal-exit emitter'), '__signal_exit_emitter__'];

/**
 * True when someone beside us listens who may want the process to go on. Listeners of the package `signal-exit`
 * (3 and 4, inside many command-line libraries) do not count: they end the process, but only where they are alone.
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

/** Resolves to true when the work was done in time, failed or not, and to false when it was not. */
async function within(work: Promise<void>, timeoutMillis: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, timeoutMillis, false);
  });
  // What failed is in the tally and told at the end.
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

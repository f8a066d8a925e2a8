/**
 * Work beside the app's own, such as pricing recorded spans. It must not be noticed in this process: no warning is
 * reported, and no listener or metric hears of its bills.
 */
let running = false;

/** True while work runs aside. */
export function isAside(): boolean {
  return running;
}

/** Runs synchronous work aside, and returns its result. */
export function runAside<R>(work: () => R): R {
  const outer = running;
  running = true;
  try {
    return work();
  } finally {
    running = outer;
  }
}

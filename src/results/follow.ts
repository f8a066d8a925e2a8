/** Calls the app's function and observes its end and result without changing them for the app. */

import { type CallHooks, CallWatch } from './call-watch.js';
import { followed, handOn, isPlainPromise } from './thenables.js';

/**
 * Calls `fn` inside `hooks.enter` and watches its result until the work has ended.
 *
 * Returns the result of `fn`: the same value; for a native promise, one derived from it; for other promises,
 * generators and streams, the same object with patched own methods; for a Proxy of those, a Proxy around it. Throws only
 * the errors of `fn`. A stream or lazy promise is never started or read on the app's behalf, so one that the app drops
 * unread never ends.
 */
export function follow<R>(fn: () => R, hooks: CallHooks): R {
  const watch = new CallWatch(hooks);
  let value: R;
  try {
    value = hooks.enter(fn);
  } catch (error) {
    watch.threw(error);
    throw error;
  }
  // The same value or a promise of it; with `hooks.map`, the type that the caller declared as `R`.
  return (isPlainPromise(value) ? followed(value, watch) : handOn(value, watch)) as R;
}

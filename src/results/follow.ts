/** Calls the app's function and learns when its work ends and what it gave, without changing what the app gets. */

import { type CallHooks, CallWatch } from './call-watch.js';
import { isObject } from './patch.js';
import { watchStream } from './streams.js';
import { followed, isPlainPromise, watchThenable } from './thenables.js';

/**
 * Calls `fn` under `hooks.enter` and watches its result until the work is over.
 *
 * Gives back what `fn` gave: the same value; for a native promise one derived from it; for other promises, generators
 * and streams the same object, with own methods set before its own. Throws what `fn` threw and nothing else. A stream
 * or lazy promise is never started or read on the app's behalf, so one that the app drops unread is never over.
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
  // The same value or promise of it; with `hooks.map`, what the caller declared `R` to be after it.
  return handOn(value, watch) as R;
}

function handOn(value: unknown, watch: CallWatch): unknown {
  if (!isObject(value)) return watch.returned(value);
  try {
    if (isPlainPromise(value)) return followed(value, watch);
    if (watchThenable(value, watch) || watchStream(value, watch)) return value;
  } catch {
    // A getter or proxy of the app's object threw: it is a plain value.
  }
  return watch.returned(value);
}

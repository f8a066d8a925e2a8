export type AnyFunction = (...args: never[]) => unknown;

/** A function that can stand in for another one, as that one: it is called in its place and looks like it. */
export function inPlaceOf<F extends AnyFunction>(
  fn: F,
  standIn: (this: unknown, ...args: unknown[]) => unknown,
): F {
  // Own properties, name and length included: some frameworks read a tool's schema from its function.
  for (const key of Reflect.ownKeys(fn)) {
    const property = Object.getOwnPropertyDescriptor(fn, key);
    if (key !== 'prototype' && property !== undefined) Object.defineProperty(standIn, key, property);
  }
  // The same parameters, result and `this` as `fn`: the one thing the type system cannot see.
  return standIn as unknown as F;
}

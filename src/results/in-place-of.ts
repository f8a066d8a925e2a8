export type AnyFunction = (...args: never[]) => unknown;

/** Makes `standIn` usable in place of `fn`: it copies the properties of `fn` and has its type. */
export function inPlaceOf<F extends AnyFunction>(
  fn: F,
  standIn: (this: unknown, ...args: unknown[]) => unknown,
): F {
  // Own properties include name and length, and some frameworks read a tool's schema from its function.
  for (const key of Reflect.ownKeys(fn)) {
    const property = Object.getOwnPropertyDescriptor(fn, key);
    if (key !== 'prototype' && property !== undefined) Object.defineProperty(standIn, key, property);
  }
  // It has the same parameters, result and `this` as `fn`, which the type system cannot verify.
  return standIn as unknown as F;
}

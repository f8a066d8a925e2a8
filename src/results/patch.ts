/** Overrides an object's methods with own properties, so that the app keeps the same object. */

import { types } from 'node:util';

export type Props = Record<PropertyKey, unknown>;
export type Method = (this: unknown, ...args: unknown[]) => unknown;

export function isObject(value: unknown): value is Props {
  return typeof value === 'object' && value !== null;
}

/** True for objects, and for functions: one with a `then` is awaited like a promise. */
export function hasProperties(value: unknown): value is Props {
  return isObject(value) || isMethod(value);
}

export function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}

/** The value of an own data property. Getters are never read, because one may start work. */
export function ownValue(target: object, key: PropertyKey): unknown {
  return Object.hasOwn(target, key) ? Object.getOwnPropertyDescriptor(target, key)?.value : undefined;
}

/** The methods that stand-ins have in place of their targets' own. */
const standIns = new WeakMap<object, Map<PropertyKey, unknown>>();

export function isStandIn(value: object): boolean {
  return standIns.has(value);
}

/** Sets an own property; a new one is not enumerable. Returns false, without a change, when the object is frozen. */
export function patch(target: object, key: PropertyKey, value: unknown): boolean {
  const methods = standIns.get(target);
  if (methods !== undefined) return !isFixed(target, key) && methods.set(key, value).has(key);
  const enumerable = Object.getOwnPropertyDescriptor(target, key)?.enumerable ?? false;
  return Reflect.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
}

/** Replaces a method with `wrap(original)`. False when there is no such method or the object is frozen. */
export function patchMethod(target: Props, key: PropertyKey, wrap: (original: Method) => Method): boolean {
  const original = target[key];
  return isMethod(original) && patch(target, key, wrap(original));
}

/** A property that a Proxy must show as it is. */
function isFixed(target: object, key: PropertyKey): boolean {
  const property = Reflect.getOwnPropertyDescriptor(target, key);
  return property?.configurable === false;
}

/**
 * The value that the app is given in place of this one: itself, and for a Proxy a Proxy around it. The handler of a Proxy
 * decides what is read of it, so that a method that is set on it may never be called.
 *
 * Example: Sentry returns a Proxy of OpenAI's promise, whose `then` is that of another promise. A `then` set on it
 * would be set on the first promise, which nobody awaits.
 */
export function patchable(value: Props): Props {
  if (!types.isProxy(value)) return value;
  const methods = new Map<PropertyKey, unknown>();
  // The target's methods may need it as `this`, for its private fields.
  const calls = new WeakMap<Method, Method>();
  const onTarget = (method: Method): Method => {
    const apply = (_: Method, self: unknown, args: unknown[]) =>
      Reflect.apply(method, self === standIn ? value : self, args);
    const call = calls.get(method) ?? new Proxy(method, { apply });
    calls.set(method, call);
    return call;
  };
  const standIn: Props = new Proxy(value, {
    get(_, key) {
      const read: unknown = methods.has(key) ? methods.get(key) : Reflect.get(value, key);
      return isMethod(read) && key !== 'constructor' && !isFixed(value, key) ? onTarget(read) : read;
    },
    set(_, key, written) {
      methods.delete(key);
      return Reflect.set(value, key, written);
    },
  });
  standIns.set(standIn, methods);
  return standIn;
}

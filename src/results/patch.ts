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

/**
 * Replaces a property at each read: a Proxy may return another one each time, and its handler may start work at a read.
 */
type Wrap = (original: unknown) => unknown;

/** The properties that stand-ins replace on their Proxies. */
const standIns = new WeakMap<object, Map<PropertyKey, Wrap>>();

export function isStandIn(value: object): boolean {
  return standIns.has(value);
}

/** Sets an own property; a new one is not enumerable. Returns false, without a change, when the object is frozen. */
export function patch(target: object, key: PropertyKey, value: unknown): boolean {
  if (isStandIn(target)) return replace(target, key, () => value);
  const enumerable = Object.getOwnPropertyDescriptor(target, key)?.enumerable ?? false;
  return Reflect.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
}

/**
 * Replaces a method with `wrap(original)`. False when there is no such method or the object is frozen.
 *
 * @param otherwise called when a Proxy that could have the method turns out to have none.
 */
export function patchMethod(
  target: Props,
  key: PropertyKey,
  wrap: (original: Method) => Method,
  otherwise?: () => void,
): boolean {
  if (isStandIn(target)) {
    const wrapped = (read: unknown): unknown => {
      if (isMethod(read)) return wrap(read);
      otherwise?.();
      return read;
    };
    return mayHaveMethod(target, key) && replace(target, key, wrapped);
  }
  const original = target[key];
  return isMethod(original) && patch(target, key, wrap(original));
}

function replace(standIn: object, key: PropertyKey, wrap: Wrap): boolean {
  if (isFixed(standIn, key)) return false;
  standIns.get(standIn)?.set(key, wrap);
  return true;
}

/** A property that a Proxy must show as it is. */
function isFixed(target: object, key: PropertyKey): boolean {
  return Reflect.getOwnPropertyDescriptor(target, key)?.configurable === false;
}

/** Whether there may be such a method. A Proxy is not asked for it, because that may start the work. */
export function mayHaveMethod(value: Props, key: PropertyKey): boolean {
  return isStandIn(value) ? key in value || isMadeUp(value) : isMethod(value[key]);
}

/**
 * True for a Proxy around an empty object, whose handler generates the methods of an API promise: Braintrust returns
 * one.
 */
function isMadeUp(value: Props): boolean {
  return (isMethod(value.asResponse) || isMethod(value.withResponse)) && hasNoKeys(value);
}

export function hasNoKeys(value: object): boolean {
  for (const _ in value) return false;
  return true;
}

/**
 * The value that the app receives in place of this one: the value itself, or for a Proxy, a Proxy around it. A method
 * that is set on a Proxy may never be called, because its handler decides what each read returns.
 *
 * Example: Sentry returns a Proxy around OpenAI's promise, whose `then` comes from another promise. A `then` that is
 * set on the Proxy would be set on OpenAI's promise, which nobody awaits.
 *
 * @param run runs a read, with which the handler may start the work.
 */
export function patchable(value: Props, run: <R>(step: () => R) => R): Props {
  if (!types.isProxy(value)) return value;
  const replaced = new Map<PropertyKey, Wrap>();
  const standIn: Props = new Proxy(value, {
    get(_, key) {
      const read: unknown = run(() => Reflect.get(value, key));
      if (isMethod(read) ? key === 'constructor' || isFixed(value, key) : !replaced.has(key)) return read;
      const wrap = replaced.get(key);
      const shown = wrap === undefined ? read : wrap(read);
      return isMethod(shown) ? calledOn(value, standIn, shown) : shown;
    },
    set(_, key, written) {
      replaced.delete(key);
      return Reflect.set(value, key, written);
    },
  });
  standIns.set(standIn, replaced);
  return standIn;
}

/**
 * Calls the method on the Proxy if it is called on its stand-in: the private fields are on the Proxy. A class remains a
 * class.
 */
function calledOn(value: Props, standIn: Props, method: Method): Method {
  return new Proxy(method, {
    apply: (_, self, args) => Reflect.apply(method, self === standIn ? value : self, args),
  });
}

/** Overrides an object's methods with own properties, so that the app keeps the same object. */

export type Props = Record<PropertyKey, unknown>;
export type Method = (this: unknown, ...args: unknown[]) => unknown;

export function isObject(value: unknown): value is Props {
  return typeof value === 'object' && value !== null;
}

export function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}

/** The value of an own data property. Getters are never read, because one may start work. */
export function ownValue(target: object, key: PropertyKey): unknown {
  return Object.hasOwn(target, key) ? Object.getOwnPropertyDescriptor(target, key)?.value : undefined;
}

/** Sets an own property; a new one is not enumerable. Returns false, without a change, when the object is frozen. */
export function patch(target: object, key: PropertyKey, value: unknown): boolean {
  const enumerable = Object.getOwnPropertyDescriptor(target, key)?.enumerable ?? false;
  return Reflect.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
}

/** Replaces a method with `wrap(original)`. False when there is no such method or the object is frozen. */
export function patchMethod(target: Props, key: PropertyKey, wrap: (original: Method) => Method): boolean {
  const original = target[key];
  return isMethod(original) && patch(target, key, wrap(original));
}

/** Own properties that stand before an object's methods, so that the object stays the one the app gets. */

export type Props = Record<PropertyKey, unknown>;
export type Method = (this: unknown, ...args: unknown[]) => unknown;

export function isObject(value: unknown): value is Props {
  return typeof value === 'object' && value !== null;
}

export function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}

/** The value of an own data property. Getters are never touched: one may start work. */
export function ownValue(target: object, key: PropertyKey): unknown {
  return Object.hasOwn(target, key) ? Object.getOwnPropertyDescriptor(target, key)?.value : undefined;
}

/** Sets an own property, hidden where there was none. False, and nothing changed, when the object is frozen. */
export function patch(target: object, key: PropertyKey, value: unknown): boolean {
  const enumerable = Object.getOwnPropertyDescriptor(target, key)?.enumerable ?? false;
  return Reflect.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
}

/** Puts `wrap(original)` in the place of a method. False when there is none, or the object is frozen. */
export function patchMethod(target: Props, key: PropertyKey, wrap: (original: Method) => Method): boolean {
  const original = target[key];
  return isMethod(original) && patch(target, key, wrap(original));
}

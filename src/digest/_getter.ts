/**
 * The getters of built-in properties, taken from their prototypes: what a subclass overrides does not matter to them,
 * and they throw for an object that only pretends.
 *
 * @module
 */

/**
 * The getter of a built-in accessor property.
 *
 * @throws {TypeError} When the runtime has no such getter.
 */
export function getterOf(prototype: object, key: PropertyKey): (this: object) => unknown {
  const getter = Object.getOwnPropertyDescriptor(prototype, key)?.get;
  if (getter === undefined) {
    throw new TypeError(`Cannot read "${String(key)}": this runtime has no such getter`);
  }
  return getter;
}

/**
 * What a key may be, checked at the door of every storage.
 *
 * @module
 */

/**
 * Refuses what is no key.
 *
 * @throws {TypeError} When the key is empty or has a surrogate without its other half: it has no UTF-8 form, and two
 * such keys would meet.
 */
export function assertKey(key: string): void {
  if (typeof key !== "string" || key === "") {
    throw new TypeError("Cannot use a key that is not a non-empty string");
  }
  if (!key.isWellFormed()) {
    throw new TypeError(`Cannot use key ${JSON.stringify(key)}: it is not well-formed Unicode`);
  }
}

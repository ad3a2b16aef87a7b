/**
 * The hook by which a class says what its instances' state is, for the digest.
 *
 * @module
 */

/**
 * Key of a method that gives a value which stands for the instance's state. The digest of an instance is then that of
 * its class name together with the returned value, which may be of any kind that has a digest, and shall hold all that
 * the instance's behaviour depends on. Classes with `#private` state need one; it is the registered symbol
 * `fleche.digest`, so a class can offer it without importing the module.
 *
 * @example Private state
 * ```ts
 * import { digest, digestSymbol } from "@fleche/fleche";
 *
 * class Temperature {
 *   readonly #kelvin: number;
 *   constructor(kelvin: number) {
 *     this.#kelvin = kelvin;
 *   }
 *   [digestSymbol](): unknown {
 *     return this.#kelvin;
 *   }
 * }
 * console.log(await digest(new Temperature(300)) === await digest(new Temperature(300))); // true
 * ```
 */
export const digestSymbol: unique symbol = Symbol.for("fleche.digest");

/**
 * The one door to the peers: types are checked without them being installed, so no import may name them literally.
 *
 * @module
 */

// `as` here: a package that is not installed has no types; each contestant states the little that it calls.

/** Imports an installed peer, seen through the caller's own small interface. */
export async function load<T>(specifier: string): Promise<T> {
  return (await import(specifier)) as T;
}

/**
 * The root of a storage of files, as it may be given.
 *
 * @module
 */

/**
 * Makes sure that a root is the path of a folder.
 *
 * @throws {TypeError} When it is empty or no text.
 */
export function assertRoot(root: unknown): asserts root is string {
  if (typeof root === "string" && root !== "" && !root.includes("\0")) return;
  throw new TypeError(`Cannot use root ${JSON.stringify(root)}: it must be the path of a folder`);
}

/**
 * What every sealed entry shows to those who have no key: that it is one. Specified in `src/storage/README.md`.
 *
 * @module
 */

/** How the footer begins. */
export const SEAL_MAGIC: readonly number[] = [0x66, 0x6c, 0x65, 0x63, 0x73]; // f l e c s

/** Size of the footer, in bytes; every version has one of this size. */
export const FOOTER_SIZE = 52;

/** Whether bytes end as a sealed entry does. Whether it is one is for those to say who have its key. */
export function looksSealed(entry: Uint8Array): boolean {
  const at = entry.length - FOOTER_SIZE;
  return at >= 0 && SEAL_MAGIC.every((byte, offset) => entry[at + offset] === byte);
}

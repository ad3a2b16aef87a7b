/**
 * Blobs whose bytes are not inside of them, where a digest would look, but in a storage: whoever makes one tells what it is.
 *
 * @module
 */

/** What a Blob or a File is. */
export interface ToldBlob {
  /** Its media type. */
  readonly type: string;
  /** Its name, if it is a File. */
  readonly name: string | undefined;
  /** Its size in bytes. */
  readonly size: number;
  /** Its bytes. */
  stream(): ReadableStream<Uint8Array>;
}

const told = new WeakMap<object, ToldBlob>();

/** Tells what a Blob is, from now on and for good. */
export function tellBlob(blob: object, facts: ToldBlob): void {
  told.set(blob, facts);
}

/** What was told of a Blob. */
export function toldBlob(blob: object): ToldBlob | undefined {
  return told.get(blob);
}

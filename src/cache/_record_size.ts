/**
 * How long a record may be. It is read whole, and a file of holes costs nobody anything: without a bound, one that somebody
 * has put among the records would take all memory there is.
 *
 * @module
 */

import type { Encoded } from "../codec/types.ts";
import { CodecError } from "../errors.ts";
import type { StoredBody } from "../storage/types.ts";

/** Longest record that is written or read, in bytes; digests and small arguments take some hundreds. */
export const LONGEST_RECORD: number = 16 * 1024 * 1024;

/** Whether what is stored is longer than any record. */
export function isTooLong({ size = 0 }: StoredBody): boolean {
  return size > LONGEST_RECORD;
}

/**
 * A record on its way to a storage.
 *
 * @throws {CodecError} (or errors the stream with it) When it is longer than would be read again.
 */
export function ofBoundedLength(record: Encoded): Encoded {
  if (record instanceof Uint8Array) {
    assertLength(record.length);
    return record;
  }
  let length = 0;
  return record.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        assertLength(length += chunk.length);
        controller.enqueue(chunk);
      },
    }),
  );
}

function assertLength(length: number): void {
  if (length <= LONGEST_RECORD) return;
  const message =
    `Cannot write the record of a call: with its metadata it has more than ${LONGEST_RECORD} bytes`;
  throw new CodecError("unencodable", message);
}

/**
 * What is said of bytes that cannot be read.
 *
 * @module
 */

import { CodecError } from "../../errors.ts";

/**
 * Gives up on bytes.
 *
 * @param reason What is wrong with them.
 * @param offset Where.
 * @throws {CodecError} Always; code `malformed`.
 */
export function malformed(reason: string, offset: number, cause?: unknown): never {
  throw new CodecError("malformed", `Cannot read HDF5: ${reason} at offset ${offset}`, {
    offset,
    ...cause === undefined ? {} : { cause },
  });
}

/**
 * Gives up on a file that may be whole, but uses a part of HDF5 that bagofholding does not, and this reader does not know.
 *
 * @param feature What is used.
 * @param offset Where.
 * @throws {CodecError} Always; code `malformed`.
 */
export function unusual(feature: string, offset: number): never {
  malformed(`it uses ${feature}, which bagofholding does not`, offset);
}

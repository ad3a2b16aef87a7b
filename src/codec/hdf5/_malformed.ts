/**
 * What is said of bytes that cannot be read: damage here, and parts of HDF5 that this reader leaves to h5wasm.
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

/** The file uses a part of HDF5 that bagofholding does not, and that our own reader does not know. */
export class UnknownFeature extends Error {
  /** Always `"UnknownFeature"`. */
  override readonly name: "UnknownFeature" = "UnknownFeature";
  /** Where it is used. */
  readonly offset: number;

  /**
   * Makes the error.
   *
   * @param feature What is used.
   * @param offset Where.
   */
  constructor(feature: string, offset: number) {
    super(`it uses ${feature}`);
    this.offset = offset;
  }
}

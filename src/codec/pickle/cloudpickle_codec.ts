/**
 * The codec of `CloudpickleFile` and `DillFile`: pickles that hold more than plain data.
 *
 * @module
 */

import type { Codec } from "../types.ts";
import { decoder } from "./_decode.ts";
import { encoder } from "./_encode.ts";
import { extendedPickle } from "./_extended_writer.ts";
import { standIn } from "./stand_in.ts";

/** Options of {@linkcode cloudpickleCodec}. */
export interface CloudpickleCodecOptions {
  /**
   * Whether functions that were kept are functions again when they are read. Their source is evaluated then: whoever can
   * write the file runs code in this process.
   *
   * @default {false}
   */
  readonly trustCode?: boolean;
}

/**
 * Values as pickles that hold more: beside what `pickleCodec` keeps, instances of classes known to `registerClass`,
 * functions by their source (read as an inert `StoredFunction`, unless `trustCode` says otherwise), errors with cause and
 * stack, RegExp, URL, URLSearchParams, Headers, boxed primitives, Blob, File and registered symbols.
 *
 * Plain data is byte for byte what `pickleCodec` writes, and Python reads the rest as the plain values that it is made of.
 * A value with a Blob in it is always written as a stream, so that the Blob is never held whole.
 *
 * @param options Whether to trust code.
 */
export function cloudpickleCodec(options: CloudpickleCodecOptions = {}): Codec {
  return {
    name: "cloudpickle",
    encode: encoder(extendedPickle),
    decode: decoder({ trustCode: options.trustCode ?? false }),
    standIn,
  };
}

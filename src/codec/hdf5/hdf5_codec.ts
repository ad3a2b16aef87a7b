/**
 * The HDF5 codec: values as files in the layout of Python's bagofholding, which h5py and HDFView open. What is written
 * how, and what is refused, stands in README.md beside this file.
 *
 * @module
 */

import { loadCode } from "../../_load.ts";
import type { Codec, MaybePromise } from "../types.ts";
import { FileReader } from "./_file_reader.ts";
import { ValueReader } from "./_value_reader.ts";
import { ValueWriter } from "./_value_writer.ts";

/** How files are written. */
export interface Hdf5CodecOptions {
  /**
   * Version of Python's bagofholding that files are written for: it reads those of its own version only.
   *
   * @default "0.1.16"
   */
  readonly bagofholdingVersion?: string;
}

/** The version that this codec was tested with. */
const DEFAULT_VERSION = "0.1.16";

/**
 * Values as HDF5 files.
 *
 * @param options Which version of bagofholding is to read them.
 */
export function hdf5Codec(options: Hdf5CodecOptions = {}): Codec {
  const { bagofholdingVersion = DEFAULT_VERSION } = options;
  const attributes = {
    qualname: "H5Bag",
    module: "bagofholding.h5.bag",
    version: bagofholdingVersion,
    libver_str: "latest",
  };
  return {
    name: "hdf5",
    encode: (value) => new ValueWriter().write(value, attributes),
    decode: (body) => body instanceof Uint8Array ? read(body) : readStream(body),
  };
}

function read(bytes: Uint8Array): MaybePromise<unknown> {
  return new ValueReader(new FileReader(bytes)).read();
}

async function readStream(body: ReadableStream<Uint8Array>): Promise<unknown> {
  const { toBytes } = await loadCode(() => import("@std/streams/to-bytes"));
  return read(await toBytes(body));
}

/**
 * The HDF5 codec: values as files in the layout of Python's bagofholding, which h5py and HDFView open. What is written
 * how, and what is refused, stands in README.md beside this file.
 *
 * @module
 */

import type { Codec } from "../types.ts";
import { FORMAT_VERSION, KIND } from "./_format.ts";
import { FileReader } from "./_file_reader.ts";
import { bytesOfStream } from "./_stream_bytes.ts";
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
 * Values as HDF5 files. `encode` always answers at once: with bytes, or with a stream from 1 MiB on, that share no memory
 * with anything; `decode` answers bytes at once and a stream with a promise, and what it gives shares no memory with
 * the bytes.
 *
 * Kept is what the CBOR codec keeps, shared references and cycles included, and the shape of typed arrays that have a
 * `shape`. Other things are refused, with the path to them. Python's bagofholding loads plain data as its own and
 * typed arrays as numpy's, and what it saves is read; objects of Python's become inert descriptions. Neither
 * direction goes more than 500 objects deep, and reading allocates no more than a fixed multiple of its input and runs
 * nothing that was stored.
 *
 * @param options Which version of bagofholding is to read the files.
 */
export function hdf5Codec(options: Hdf5CodecOptions = {}): Codec {
  const { bagofholdingVersion = DEFAULT_VERSION } = options;
  const attributes = {
    qualname: "H5Bag",
    module: "bagofholding.h5.bag",
    version: bagofholdingVersion,
    libver_str: "latest",
    [KIND]: FORMAT_VERSION,
  };
  return {
    name: "hdf5",
    encode: (value) => new ValueWriter().write(value, attributes),
    decode: (body) => body instanceof Uint8Array ? read(body) : readStream(body),
  };
}

function read(bytes: Uint8Array): unknown {
  return new ValueReader(new FileReader(bytes)).read();
}

async function readStream(body: ReadableStream<Uint8Array>): Promise<unknown> {
  return read(await bytesOfStream(body));
}

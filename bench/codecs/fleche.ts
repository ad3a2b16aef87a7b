/** This module's codecs, one line each. @module */
import type { Codec, Encoded, MaybePromise } from "../../src/codec/types.ts";
import { load } from "../harness/load.ts";
import type { CodecContestant } from "./contract.ts";
import { prepare } from "./prepare.ts";
import { drained, joined, streamOf } from "./streams.ts";

type InMemory = Uint8Array | readonly Uint8Array[];

/** Bytes as they are, a stream as its chunks: the value is in memory as bytes then. */
function inMemory(encoded: Encoded): MaybePromise<InMemory> {
  return encoded instanceof Uint8Array ? encoded : drained(encoded);
}

function fleche<Module>(
  id: string,
  label: string,
  file: string,
  codecOf: (module: Module) => Codec,
): CodecContestant {
  return {
    id,
    label: `fleche ${label}`,
    async open(input) {
      const url = new URL(`../../src/codec/${file}`, import.meta.url);
      const codec = codecOf(await load<Module>(url.href));
      return await prepare<InMemory, Uint8Array>(input, {
        encode(value) {
          const encoded = codec.encode(value);
          return encoded instanceof Promise ? encoded.then(inMemory) : inMemory(encoded);
        },
        body: (written) => written instanceof Uint8Array ? written : joined(written),
        sizeBytes: ({ byteLength }) => byteLength,
        decode: (bytes) => codec.decode(bytes),
        decodeStream: async (bytes) => await codec.decode(streamOf(bytes)),
      });
    },
  };
}

/** Every codec of this module. */
export const flecheCodecs: readonly CodecContestant[] = [
  fleche("cbor", "CBOR", "cbor/cbor_codec.ts", (module: { cborCodec: Codec }) => module.cborCodec),
  fleche(
    "pickle",
    "pickle",
    "pickle/pickle_codec.ts",
    (module: { pickleCodec: Codec }) => module.pickleCodec,
  ),
  fleche(
    "cloudpickle",
    "cloudpickle",
    "pickle/cloudpickle_codec.ts",
    (module: { cloudpickleCodec(): Codec }) => module.cloudpickleCodec(),
  ),
  fleche("hdf5", "HDF5", "hdf5/hdf5_codec.ts", (module: { hdf5Codec(): Codec }) => module.hdf5Codec()),
];

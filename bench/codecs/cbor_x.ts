/** cbor-x by itself, as whoever wants CBOR that other languages read sets it up. @module */
import { load } from "../harness/load.ts";
import type { CodecContestant } from "./contract.ts";
import { plain, prepare } from "./prepare.ts";

interface CborX {
  readonly Encoder: new (options: { readonly useRecords: boolean }) => {
    encode(value: unknown): Uint8Array;
    decode(bytes: Uint8Array): unknown;
  };
}

/** cbor-x without its own extension for records. */
export const cborX: CodecContestant = {
  id: "cbor-x",
  label: "cbor-x",
  note: "writes into a buffer of its own that the next value may follow; trusts what it reads",
  async open(input) {
    const { Encoder } = await load<CborX>("cbor-x");
    const codec = new Encoder({ useRecords: false });
    return await prepare(input, plain((value) => codec.encode(value), (bytes) => codec.decode(bytes)));
  },
};

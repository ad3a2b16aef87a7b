/** Floors: what any codec must at least do. @module */
import type { CodecContestant } from "./contract.ts";
import { prepare } from "./prepare.ts";
import { drained, streamOf } from "./streams.ts";

/** One copy of the bytes into memory that is new each time. */
export const copy: CodecContestant = {
  id: "copy",
  label: "one copy of the bytes",
  only: ["floats"],
  open: (input) =>
    prepare<Float64Array, Float64Array>(input, {
      encode(value) {
        if (!(value instanceof Float64Array)) throw new TypeError("Cannot copy what is no Float64Array");
        return value.slice();
      },
      body: (copied) => copied,
      sizeBytes: ({ byteLength }) => byteLength,
      decode: (floats) => floats.slice(),
    }),
};

/** The chunks read, and neither joined nor decoded. */
export const chunks: CodecContestant = {
  id: "chunks",
  label: "chunks read and dropped",
  only: ["floats"],
  open({ inputBytes = 0 }) {
    const bytes = new Uint8Array(inputBytes);
    return Promise.resolve({ decodeStream: { call: () => drained(streamOf(bytes)) } });
  },
};

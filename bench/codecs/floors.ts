/** Floors: what any codec must at least do. @module */
import type { CodecContestant } from "./contract.ts";
import { prepare } from "./prepare.ts";
import { drained, streamOf } from "./streams.ts";

/** One copy of the bytes into memory that is new, and a stream that is read and thrown away. */
export const copy: CodecContestant = {
  id: "copy",
  label: "one copy of the bytes",
  note: "new memory each time; from a stream: read, not joined",
  only: ["floats"],
  async open(input) {
    const jobs = await prepare<Float64Array, Float64Array>(input, {
      encode(value) {
        if (!(value instanceof Float64Array)) throw new TypeError("Cannot copy what is no Float64Array");
        return value.slice();
      },
      body: (copied) => copied,
      sizeBytes: ({ byteLength }) => byteLength,
      decode: (floats) => floats.slice(),
    });
    const [value] = input.values;
    const bytes = value instanceof Float64Array ? new Uint8Array(value.buffer) : new Uint8Array();
    return { ...jobs, decodeStream: { call: () => drained(streamOf(bytes)) } };
  },
};
